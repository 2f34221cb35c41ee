#include "daemon/news_pace.hpp"

namespace retention {
namespace {
constexpr std::chrono::milliseconds between{100};
}

bool NewsPace::lets_pass(const Progress& progress, Moment now) {
    const std::scoped_lock lock(mutex_);
    if (progress.waits_for) return true;
    if (progress.category == category_ && now - last_ < between) return false;
    category_ = progress.category;
    last_ = now;
    return true;
}

} // namespace retention
