fn main() {
    app::start_office();
}
