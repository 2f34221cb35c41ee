#include "daemon/journal.hpp"

#include "daemon/journal_socket.hpp"

#include <boost/json.hpp>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>
#include <sys/stat.h>
#include <unistd.h>

namespace retention {
namespace {

using spdlog::details::log_msg;

// Of the line that this thread says just now: spdlog carries a text alone.
thread_local const Fields* fields_in_hand = nullptr;

char priority_of(spdlog::level::level_enum level) { // syslog(3)
    return level >= spdlog::level::err ? '3' : level == spdlog::level::warn ? '4' : '6';
}

// The priority that systemd reads at the start of a line (sd-daemon(3)).
class Priority : public spdlog::custom_flag_formatter {
public:
    void format(const log_msg& message, const std::tm&, spdlog::memory_buf_t& line) override {
        line.push_back('<');
        line.push_back(priority_of(message.level));
        line.push_back('>');
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<Priority>(); }
};

// The whole object: a text in a pattern would not be escaped.
class JsonObject : public spdlog::custom_flag_formatter {
public:
    // The time that it is handed is not filled in for a pattern without a flag of time.
    void format(const log_msg& message, const std::tm&, spdlog::memory_buf_t& line) override {
        const std::time_t now = std::chrono::system_clock::to_time_t(message.time);
        std::tm time{};
        ::gmtime_r(&now, &time);
        char when[32];
        std::strftime(when, sizeof when, "%Y-%m-%dT%H:%M:%SZ", &time);
        const auto level = spdlog::level::to_string_view(message.level);
        boost::json::object object{{"time", when},
                                   {"level", std::string(level.begin(), level.end())},
                                   {"message", std::string(message.payload.begin(), message.payload.end())}};
        if (fields_in_hand)
            for (const auto& [name, value] : *fields_in_hand) object[name] = value;
        const auto text = boost::json::serialize(object);
        line.append(text.data(), text.data() + text.size());
    }
    std::unique_ptr<custom_flag_formatter> clone() const override { return std::make_unique<JsonObject>(); }
};

class JournalSink : public spdlog::sinks::base_sink<std::mutex> {
public:
    explicit JournalSink(JournalSocket socket) : socket_(std::move(socket)) {}

private:
    void sink_it_(const log_msg& message) override {
        Fields fields{{"MESSAGE", std::string(message.payload.begin(), message.payload.end())},
                      {"PRIORITY", std::string(1, priority_of(message.level))},
                      {"SYSLOG_IDENTIFIER", "retentiond"}};
        if (fields_in_hand)
            for (const auto& [name, value] : *fields_in_hand) fields.emplace_back(journal_name(name), value);
        if (!socket_.send(fields)) spdlog::sinks::stderr_sink_mt().log(message);
    }
    void flush_() override {}

    JournalSocket socket_;
};

std::unique_ptr<spdlog::formatter> formatter_for(LogFormat format) {
    auto formatter = std::make_unique<spdlog::pattern_formatter>();
    formatter->add_flag<Priority>('*').add_flag<JsonObject>('J');
    formatter->set_pattern(format == LogFormat::journal ? "%*%v"
                           : format == LogFormat::json  ? "%J"
                                                        : "%Y-%m-%d %H:%M:%S %l: %v");
    return formatter;
}

std::shared_ptr<spdlog::sinks::sink> sink_for(LogFormat format, const std::filesystem::path& socket) {
    if (format == LogFormat::journal)
        if (auto open = JournalSocket::connect(socket)) return std::make_shared<JournalSink>(std::move(*open));
    auto sink = std::make_shared<spdlog::sinks::stderr_sink_mt>();
    sink->set_formatter(formatter_for(format));
    return sink;
}

// A second line would have no priority, and could look like a line of its own.
std::string on_one_line(std::string_view text) {
    std::string line(text);
    for (char& letter : line)
        if (static_cast<unsigned char>(letter) < ' ') letter = ' ';
    return line;
}

void say(spdlog::level::level_enum level, std::string_view text, const Fields& fields) {
    fields_in_hand = &fields;
    spdlog::log(level, "{}", on_one_line(text));
    fields_in_hand = nullptr;
}

} // namespace

void open_journal(LogFormat format, const std::filesystem::path& socket) {
    if (format == LogFormat::automatic) format = std::getenv("JOURNAL_STREAM") ? LogFormat::journal : LogFormat::text;
    auto logger = std::make_shared<spdlog::logger>("retentiond", sink_for(format, socket));
    logger->flush_on(spdlog::level::info);
    spdlog::set_default_logger(std::move(logger));
}

bool journal_reads_errors() {
    const char* const stream = std::getenv("JOURNAL_STREAM");
    struct stat ours {};
    if (!stream || ::fstat(STDERR_FILENO, &ours) != 0) return false;
    return stream == std::to_string(ours.st_dev) + ":" + std::to_string(ours.st_ino);
}

std::string with_priority(char priority, std::string_view text) {
    std::string marked;
    bool begins = true;
    for (const char letter : text) {
        if (begins) marked.append({'<', priority, '>'});
        marked += letter;
        begins = letter == '\n';
    }
    return marked;
}

void tell(std::string_view text, const Fields& fields) {
    say(spdlog::level::info, text, fields);
}
void warn(std::string_view text, const Fields& fields) {
    say(spdlog::level::warn, text, fields);
}
void alarm(std::string_view text, const Fields& fields) {
    say(spdlog::level::err, text, fields);
}

} // namespace retention
