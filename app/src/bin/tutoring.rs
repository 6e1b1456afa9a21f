fn main() {
    app::start_tutoring();
}
