fn main() {
    app::start_library();
}
