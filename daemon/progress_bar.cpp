#include "daemon/progress_bar.hpp"

#include "daemon/table.hpp"
#include "daemon/wording.hpp"
#include "policies/mask.hpp"

#include <algorithm>
#include <ostream>

namespace retention {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t bar_width = 24;
constexpr auto redraw_after = 100ms;

std::string bar(std::int64_t done, std::int64_t of) {
    const double part = of > 0 ? std::min(1.0, static_cast<double>(done) / static_cast<double>(of)) : 1.0;
    const auto full = static_cast<std::size_t>(part * static_cast<double>(bar_width));
    std::string percent = std::to_string(static_cast<int>(part * 100));
    percent.insert(0, percent.size() < 3 ? 3 - percent.size() : 0, ' ');
    return "[" + std::string(full, '#') + std::string(bar_width - full, '-') + "] " + percent + " %";
}

std::string time_left(double seconds) {
    const auto whole = static_cast<std::int64_t>(seconds + 0.999);
    if (whole < 120) return std::to_string(whole) + " s left";
    if (whole < 7200) return std::to_string((whole + 59) / 60) + " min left";
    return grouped((whole + 3599) / 3600) + " h left";
}

} // namespace

ProgressBar::ProgressBar(std::ostream& out, Terminal terminal) : out_(out), terminal_(terminal) {}

std::string ProgressBar::drawn(std::int64_t done, std::int64_t of, Instant now) const {
    std::string text = printable(category_) + "  " + bar(done, of) + "  " + grouped(done) + " of " + grouped(of);
    const double seconds = std::chrono::duration<double>(now - began_).count();
    const double rate = seconds > 0 ? static_cast<double>(done - before_) / seconds : 0;
    if (rate <= 0) return text;
    text += "  " + grouped(static_cast<std::int64_t>(rate)) + "/s";
    if (of > done) text += "  " + time_left(static_cast<double>(of - done) / rate);
    return text;
}

void ProgressBar::show(const std::string& category, std::int64_t done, std::int64_t of, Instant now) {
    if (!terminal_.interactive) return;
    const bool changed = !last_ || category != category_;
    if (changed) {
        category_ = category;
        began_ = now;
        before_ = done;
    }
    if (!changed && done < of && now >= *last_ && now - *last_ < redraw_after) return;
    last_ = now;
    line_ = drawn(done, of, now);
    print(line_);
}

void ProgressBar::print(const std::string& line) {
    const std::size_t room = terminal_.width > 1 ? terminal_.width - 1 : 1;
    out_ << '\r' << first_characters(line, room) << "\x1b[K" << std::flush;
}

void ProgressBar::waits(const std::string& what) {
    if (!terminal_.interactive || !last_) return;
    print(what.empty() ? line_ : line_ + "  waits for " + printable(what));
}

void ProgressBar::clear() {
    if (!last_) return;
    out_ << "\r\x1b[K" << std::flush;
    last_.reset();
    category_.clear();
}

} // namespace retention
