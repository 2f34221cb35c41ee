#include "daemon/terminal.hpp"

#include <cstdlib>
#include <sys/ioctl.h>
#include <unistd.h>

namespace retention {
namespace {

bool wants_colour() {
    const char* refused = std::getenv("NO_COLOR");
    if (refused != nullptr && *refused != '\0') return false;
    const char* kind = std::getenv("TERM");
    return kind != nullptr && *kind != '\0' && std::string_view(kind) != "dumb";
}

std::size_t width_of(int descriptor) {
    winsize size{};
    const bool known = ioctl(descriptor, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : Terminal{}.width;
}

std::string_view code_of(Paint paint) {
    switch (paint) {
    case Paint::bold:
        return "1";
    case Paint::red:
        return "31";
    case Paint::green:
        return "32";
    case Paint::yellow:
        return "33";
    }
    return "0";
}

} // namespace

Terminal terminal_of(int descriptor) {
    if (isatty(descriptor) != 1) return {};
    return {.interactive = true, .colour = wants_colour(), .width = width_of(descriptor)};
}

std::string painted(std::string_view text, Paint paint, const Terminal& terminal) {
    if (!terminal.colour) return std::string(text);
    return "\x1b[" + std::string(code_of(paint)) + "m" + std::string(text) + "\x1b[0m";
}

} // namespace retention
