fn main() {
    app::start_app();
}
