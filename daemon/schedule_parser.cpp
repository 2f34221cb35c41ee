// The reading half of daemon/schedule.hpp: text into a Schedule, or why not.

#include "daemon/schedule.hpp"
#include "policies/text_parts.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <stdexcept>
#include <utility>

namespace retention {
namespace {

struct Wrong : std::runtime_error {
    using std::runtime_error::runtime_error;
};

std::string quoted(std::string_view text) {
    return "\"" + std::string(text) + "\"";
}

std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words(1);
    for (const char letter : text) {
        if (letter != ' ' && letter != '\t')
            words.back() += static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
        else if (!words.back().empty())
            words.emplace_back();
    }
    if (words.back().empty()) words.pop_back();
    return words;
}

// A unit of the calendar, with the numbers that it may have.
struct UnitOfTime {
    const char* name;
    int least, most;
};
constexpr UnitOfTime years{"year", 1970, 2199}, months{"month", 1, 12}, days{"day", 1, 31}, hours{"hour", 0, 23},
    minutes{"minute", 0, 59}, seconds{"second", 0, 59};

int number(std::string_view text, const UnitOfTime& unit) {
    int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (text.empty() || text.front() == '-' || error != std::errc{} || end != text.data() + text.size())
        throw Wrong(quoted(text) + " is no number of a" + (unit.name[0] == 'h' ? "n " : " ") + unit.name);
    return value;
}

int within(std::string_view text, const UnitOfTime& unit) {
    int value = number(text, unit);
    if (unit.least == years.least && value < 100) value += value < 70 ? 2000 : 1900; // as systemd reads 26
    if (value < unit.least || value > unit.most)
        throw Wrong(std::to_string(value) + " is no " + unit.name + " (" + std::to_string(unit.least) + " to " +
                    std::to_string(unit.most) + ")");
    return value;
}

ScheduleTerm term(std::string_view text, const UnitOfTime& unit) {
    if (text.starts_with("*"))
        throw Wrong(quoted(text) + " is not understood; hint: write the first number, as in 0/15");
    ScheduleTerm result;
    if (const auto slash = text.find('/'); slash != text.npos) {
        result.step = number(text.substr(slash + 1), unit);
        if (result.step == 0) throw Wrong("a step of 0 in " + quoted(text) + " never gets on");
        text = text.substr(0, slash);
    }
    if (const auto dots = text.find(".."); dots != text.npos) {
        result.until = within(text.substr(dots + 2), unit);
        if (result.step == 0) result.step = 1;
        text = text.substr(0, dots);
    }
    result.from = within(text, unit);
    if (result.until && *result.until < result.from) throw Wrong("the range ends before it begins: " + quoted(text));
    return result;
}

ScheduleField field(std::string_view text, const UnitOfTime& unit) {
    if (text == "*") return {};
    ScheduleField terms;
    for (const auto part : split(text, ',')) terms.push_back(term(part, unit));
    return terms;
}

std::size_t weekday(std::string_view text) {
    constexpr std::array<std::string_view, 7> names{"sunday",   "monday", "tuesday", "wednesday",
                                                    "thursday", "friday", "saturday"};
    for (std::size_t day = 0; day < names.size(); ++day)
        if (text == names[day] || text == names[day].substr(0, 3)) return day;
    throw Wrong(quoted(text) + " is no weekday (Mon, Tue, Wed, Thu, Fri, Sat, Sun)");
}

std::bitset<7> weekdays(std::string_view text) {
    std::bitset<7> all;
    for (const auto part : split(text, ',')) {
        const auto dots = part.find("..");
        const auto from = weekday(part.substr(0, dots));
        const auto until = dots == part.npos ? from : weekday(part.substr(dots + 2));
        const auto since_monday = [](std::size_t day) { return (day + 6) % 7; };
        if (since_monday(from) > since_monday(until)) // systemd refuses "Sat..Mon" too
            throw Wrong(quoted(part) + " ends before it begins; hint: the week begins on Monday, write Sat,Sun,Mon");
        for (auto day = since_monday(from); day <= since_monday(until); ++day) all.set((day + 1) % 7);
    }
    return all;
}

// The words, as systemd.time(7) spells them out.
std::string_view spelled_out(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 10> words{{
        {"minutely", "*-*-* *:*:00"},
        {"hourly", "*-*-* *:00:00"},
        {"daily", "*-*-* 00:00:00"},
        {"weekly", "mon *-*-* 00:00:00"},
        {"monthly", "*-*-01 00:00:00"},
        {"quarterly", "*-01,04,07,10-01 00:00:00"},
        {"semiannually", "*-01,07-01 00:00:00"},
        {"semi-annually", "*-01,07-01 00:00:00"},
        {"yearly", "*-01-01 00:00:00"},
        {"annually", "*-01-01 00:00:00"},
    }};
    const auto* found = std::ranges::find(words, word, &std::pair<std::string_view, std::string_view>::first);
    return found == words.end() ? std::string_view{} : found->second;
}

bool is_weekdays(std::string_view word) {
    return std::isalpha(static_cast<unsigned char>(word.front())) != 0;
}
bool is_time(std::string_view word) {
    return word.find(':') != word.npos;
}
bool is_date(std::string_view word) {
    return !is_time(word) && !is_weekdays(word);
}

// Takes the words one after the other; each taker leaves what is not its own.
class ScheduleParser {
public:
    explicit ScheduleParser(std::vector<std::string> words) : words_(std::move(words)) {}
    bool has(bool (*is)(std::string_view)) const { return next_ < words_.size() && is(words_[next_]); }
    std::string take() { return words_[next_++]; }
    void end() const {
        if (words_.empty()) throw Wrong("a schedule must not be blank");
        if (next_ < words_.size())
            throw Wrong(quoted(words_[next_]) + " is left over; hint: weekdays, date, time, in this order; the time " +
                        "zone is that of the configuration");
    }

private:
    std::vector<std::string> words_;
    std::size_t next_ = 0;
};

struct DateFields {
    ScheduleField year, month, day;
    bool from_the_end = false;
};

// "*-02~03": the third last day of February. The tilde takes the place of the last hyphen.
DateFields date_fields(const std::string& text) {
    const auto last = text.find_last_of("-~");
    std::string plain = text;
    if (last != text.npos) plain[last] = '-';
    auto parts = split(plain, '-');
    if (parts.size() == 2) parts.insert(parts.begin(), "*");
    if (parts.size() != 3) throw Wrong(quoted(text) + " is no date (year-month-day)");
    return {field(parts[0], years), field(parts[1], months), field(parts[2], days), text[last] == '~'};
}

struct TimeFields {
    ScheduleField hour, minute, second;
};

TimeFields time_fields(const std::string& text) {
    const auto parts = split(text, ':');
    if (parts.size() != 2 && parts.size() != 3) throw Wrong(quoted(text) + " is no time (HH:MM or HH:MM:SS)");
    return {field(parts[0], hours), field(parts[1], minutes), field(parts.size() == 3 ? parts[2] : "0", seconds)};
}

} // namespace

std::optional<Schedule> parse_schedule(std::string_view text, std::string& why) {
    auto words = words_of(text);
    if (words.size() == 1 && !spelled_out(words.front()).empty()) words = words_of(spelled_out(words.front()));
    try {
        ScheduleParser parser(std::move(words));
        Schedule schedule;
        if (parser.has(is_weekdays)) schedule.weekdays_ = weekdays(parser.take());
        if (parser.has(is_date)) {
            auto date = date_fields(parser.take());
            schedule.year_ = std::move(date.year);
            schedule.month_ = std::move(date.month);
            schedule.day_ = std::move(date.day);
            schedule.from_the_end_ = date.from_the_end;
        }
        auto time = time_fields(parser.has(is_time) ? parser.take() : "00:00:00");
        schedule.hour_ = std::move(time.hour);
        schedule.minute_ = std::move(time.minute);
        schedule.second_ = std::move(time.second);
        parser.end();
        return schedule;
    } catch (const Wrong& wrong) {
        why = wrong.what();
        return std::nullopt;
    }
}

} // namespace retention
