#include "policies/rule.hpp"

#include <algorithm>
#include <charconv>
#include <stdexcept>

namespace retention {
namespace {

// Escapes what would let two different texts read the same: quotes, backslashes, line ends and other controls.
std::string quoted(std::string_view text) {
    constexpr char digits[] = "0123456789abcdef";
    std::string result = "\"";
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\')
            (result += '\\') += c;
        else if (byte < 0x20 || byte == 0x7F)
            ((result += "\\x") += digits[byte >> 4]) += digits[byte & 15];
        else
            result += c;
    }
    return result += '"';
}

std::string text_of(double number) {
    char buffer[32];
    const auto [end, error] = std::to_chars(buffer, buffer + sizeof buffer, number);
    return {buffer, error == std::errc{} ? end : buffer};
}

std::string text_of(const std::vector<std::string>& names) {
    std::string result = "[";
    for (const auto& name : names) result += quoted(name) + ",";
    return result + "]";
}

std::string text_of(const DatePlaceholder& date) {
    std::string result = date.base == DatePlaceholder::Base::as_of ? "{as_of" : "{cutoff";
    if (date.minus) result += " - " + to_string(*date.minus);
    return result + (date.start ? " start}" : "}");
}

// The parts, not the source: comments do not decide.
std::string text_of(const std::optional<RuleSql>& sql) {
    if (!sql) return "-";
    std::string result = "(";
    for (const auto& part : sql->parts)
        result += std::holds_alternative<std::string>(part) ? quoted(std::get<std::string>(part))
                                                            : text_of(std::get<DatePlaceholder>(part));
    return result + ")";
}

std::string text_of(const Hop& hop) {
    return "table " + quoted(hop.table) + " on " + text_of(hop.on) + " via " + text_of(hop.via) + " where " +
           text_of(hop.where);
}

std::string text_of(const std::optional<Link>& link) {
    if (!link) return "-";
    const auto through = link->through ? text_of(*link->through) : "-";
    return "link (" + text_of(static_cast<const Hop&>(*link)) + " through " + through + " sql " + text_of(link->sql) +
           ")";
}

std::string text_of(const std::optional<DateFormat>& format) {
    if (!format) return "-";
    switch (*format) {
    case DateFormat::native:
        return "native";
    case DateFormat::iso:
        return "iso";
    case DateFormat::iso_offset:
        return "iso-offset";
    case DateFormat::unix_seconds:
        return "unix";
    case DateFormat::unix_milliseconds:
        break;
    }
    return "unix-ms";
}

std::string text_of(const DateSource& source) {
    return "column " + quoted(source.column) + " " + text_of(source.link) + " query " + text_of(source.query) +
           " format " + text_of(source.format) + " earliest " + (source.earliest ? to_string(*source.earliest) : "-") +
           (source.open_ignored ? " open ignored" : "");
}

std::string text_of(const Counting& counting) {
    switch (counting.starts) {
    case Starts::at_trigger:
        return "at trigger";
    case Starts::end_of_month:
        return "end of month";
    case Starts::end_of_year:
        return "end of year";
    case Starts::end_of_financial_year:
        break;
    }
    const auto ends = counting.financial_year_ends;
    return "end of financial year " + std::to_string(static_cast<unsigned>(ends.month())) + "/" +
           std::to_string(static_cast<unsigned>(ends.day()));
}

std::string text_of(const PeriodRule& rule) {
    if (const auto* fixed = std::get_if<FixedPeriod>(&rule))
        return to_string(fixed->at_least) + " to " + (fixed->at_most ? to_string(*fixed->at_most) : "-");
    if (const auto* stored = std::get_if<StoredPeriod>(&rule))
        return "column " + quoted(stored->column) + " unit " + to_string(Period{1, stored->unit}) + " " +
               text_of(stored->link);
    return "none";
}

// In the order of their columns: in the file they are keys of a table.
std::string text_of(std::vector<Mask> masks) {
    std::sort(masks.begin(), masks.end(), [](const Mask& a, const Mask& b) { return a.column < b.column; });
    std::string result;
    for (const auto& mask : masks) result += quoted(mask.column) + "=" + quoted(to_string(mask)) + ",";
    return result;
}

std::string text_of(const Unless& unless) {
    return "reason " + quoted(unless.reason) + " " + text_of(unless.link) + " where " + text_of(unless.where) +
           " sql " + text_of(unless.sql);
}

std::string text_of(const Related& entry) {
    return "name " + quoted(entry.name) + " of " + quoted(entry.of) + " " + text_of(std::optional(entry.link)) +
           " action " + to_string(entry.action) + " mask " + text_of(entry.masks);
}

std::string text_of(const Limits& limits) {
    return "share " + text_of(limits.share) + " records " + (limits.records ? std::to_string(*limits.records) : "-");
}

// One line a member.
class Lines {
public:
    void add(std::string_view member, const std::string& text) { ((text_ += member) += " = ") += text + "\n"; }
    template <class Each>
    void add_each(std::string_view member, const std::vector<Each>& list) {
        for (const auto& one : list) add(member, text_of(one));
    }
    std::string take() { return std::move(text_); }

private:
    std::string text_;
};

} // namespace

std::string to_string(Action action) {
    switch (action) {
    case Action::erase:
        return "delete";
    case Action::anonymise:
        return "anonymise";
    case Action::detach:
        return "detach";
    case Action::keep:
        break;
    }
    return "keep";
}

Action action_named(std::string_view name) {
    for (const Action action : {Action::erase, Action::anonymise, Action::detach, Action::keep})
        if (to_string(action) == name) return action;
    throw std::invalid_argument("no action is named \"" + std::string(name) + "\"");
}

std::string canonical_text(const Rule& rule) {
    Lines lines;
    lines.add("category", quoted(rule.category));
    lines.add("store", quoted(rule.store));
    lines.add("table", quoted(rule.table));
    lines.add("where", text_of(rule.where));
    lines.add("key", text_of(rule.key));
    lines.add_each("trigger", rule.triggers);
    lines.add("fallback", rule.fallback ? text_of(*rule.fallback) : "-");
    lines.add("period", text_of(rule.period));
    lines.add("starts", text_of(rule.counting));
    lines.add("overdue_after", to_string(rule.overdue_after));
    lines.add("action", to_string(rule.action));
    lines.add("mask", text_of(rule.masks));
    lines.add("marker", quoted(rule.marker));
    lines.add_each("unless", rule.unless);
    lines.add_each("related", rule.related);
    lines.add("elsewhere", text_of(rule.elsewhere));
    lines.add("accepted triggers", text_of(rule.accepted_triggers));
    lines.add("limits", text_of(rule.limits));
    return lines.take();
}

} // namespace retention
