#include "daemon/journal.hpp"

#include <cstdlib>
#include <memory>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <string>

namespace retention {
namespace {

// The priority of syslog(3) that systemd reads at the start of a line.
class Priority : public spdlog::custom_flag_formatter {
public:
    void format(const spdlog::details::log_msg& message, const std::tm&, spdlog::memory_buf_t& line) override {
        const char digit = message.level >= spdlog::level::err ? '3' : message.level == spdlog::level::warn ? '4' : '6';
        line.push_back('<');
        line.push_back(digit);
        line.push_back('>');
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<Priority>(); }
};

// A second line would have no priority, and could look like a line of its own.
std::string on_one_line(std::string_view text) {
    std::string line(text);
    for (char& letter : line)
        if (static_cast<unsigned char>(letter) < ' ') letter = ' ';
    return line;
}

} // namespace

void open_journal() {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<Priority>('*');
    formatter->set_pattern(std::getenv("JOURNAL_STREAM") ? "%*%v" : "%Y-%m-%d %H:%M:%S %l: %v");
    auto logger = std::make_shared<spdlog::logger>("retentiond", std::make_shared<spdlog::sinks::stderr_sink_mt>());
    logger->set_formatter(std::move(formatter));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

void tell(std::string_view text) {
    spdlog::info("{}", on_one_line(text));
}
void warn(std::string_view text) {
    spdlog::warn("{}", on_one_line(text));
}
void alarm(std::string_view text) {
    spdlog::error("{}", on_one_line(text));
}

} // namespace retention
