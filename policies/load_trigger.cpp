#include "policies/load_trigger.hpp"

#include "policies/load_link.hpp"

namespace retention {
namespace {

const std::vector<std::string> formats{"iso", "iso-offset", "unix", "unix-ms"};

std::optional<DateFormat> read_format(TableReader& from) {
    constexpr DateFormat meaning[] = {DateFormat::iso, DateFormat::iso_offset, DateFormat::unix_seconds,
                                      DateFormat::unix_milliseconds};
    const auto word = from.choice("format", formats);
    return word ? std::optional(meaning[*word]) : std::nullopt;
}

std::optional<Date> read_earliest(TableReader& from) {
    const auto* node = from.find("earliest");
    if (!node) return {};
    if (node->kind == TomlNode::Kind::text || node->kind == TomlNode::Kind::date)
        if (const auto date = parse_date(node->text)) return date;
    from.error(node->place, "`earliest` of " + from.owner() + " wants a day that exists, not " + node->describe(),
               "write it as \"1990-01-31\"");
    return {};
}

// `open` and `remember`, which only a linked trigger has.
void read_memory(TableReader& from, DateSource& source) {
    const bool linked = source.link.has_value();
    const auto open = from.choice("open", {"ignore"});
    source.open_ignored = open.has_value();
    if (from.has("open") && !linked)
        from.error(from.key_place("open"), "`open` needs a linked trigger", "it says what a NULL in linked rows means");
    const auto remember = from.flag("remember");
    if (remember.value_or(false) && linked)
        from.not_yet("remember", "`remember = true`");
    else if (remember.value_or(false))
        from.error(from.key_place("remember"), "`remember` needs a linked trigger", "leave it out");
}

void read_query(TableReader& from, DateSource& source) {
    source.query = read_sql(from, "sql", RuleSqlKind::query);
    from.refuse({"column", "on", "via", "where", "through"}, "has no place beside `sql` without `table`",
                "a query says all by itself; a link has `table` and `column`");
}

void read_own_column(TableReader& from, DateSource& source) {
    if (from.require("column", "name a column of the record, or a linked `table`, or a query as `sql`"))
        source.column = from.name("column").value_or("");
    refuse_link_keys(from);
    from.refuse({"where"}, "needs `table`", "which records belong to the category is said by its own `where`");
}

DateSource read_table(const TomlNode& node, const std::string& owner, Findings& findings) {
    TableReader from(node, owner, findings);
    DateSource source;
    source.place = node.place;
    if (from.has("table")) {
        source.link = read_link(from);
        if (from.require("column", "name the date column of the linked table"))
            source.column = from.name("column").value_or("");
    } else if (from.has("sql")) {
        read_query(from, source);
    } else {
        read_own_column(from, source);
    }
    source.format = read_format(from);
    source.earliest = read_earliest(from);
    read_memory(from, source);
    from.finish();
    return source;
}

std::optional<DateSource> read_source(const TomlNode& node, const std::string& key, TableReader& category) {
    const auto owner = "`" + key + "` of " + category.owner();
    if (node.kind == TomlNode::Kind::table) return read_table(node, owner, category.findings());
    const bool blank = node.text.find_first_not_of(" \t\r\n") == std::string::npos;
    if (node.kind == TomlNode::Kind::text && !blank) {
        DateSource source;
        source.column = node.text;
        source.place = node.place;
        return source;
    }
    if (node.kind == TomlNode::Kind::text)
        category.error(node.place, owner + " is blank", "name a column");
    else
        category.error(node.place, owner + " wants a column's name or a table, not " + node.describe());
    return {};
}

bool is_own_column(const DateSource& source) {
    return !source.link && !source.query;
}

void check_twice(const std::vector<DateSource>& sources, TableReader& category) {
    for (std::size_t i = 0; i < sources.size(); ++i)
        for (std::size_t j = 0; j < i; ++j)
            if (is_own_column(sources[i]) && is_own_column(sources[j]) && sources[i].column == sources[j].column &&
                !sources[i].column.empty()) {
                category.error(sources[i].place,
                               "`trigger` of " + category.owner() + " names \"" + sources[i].column + "\" twice");
                break;
            }
}

} // namespace

std::vector<DateSource> read_triggers(TableReader& category) {
    const auto* node = category.find("trigger");
    if (!node) return {};
    std::vector<DateSource> sources;
    if (node->kind != TomlNode::Kind::list) {
        if (auto source = read_source(*node, "trigger", category)) sources.push_back(std::move(*source));
        return sources;
    }
    if (node->items.empty())
        category.error(node->place, "`trigger` of " + category.owner() + " is an empty list",
                       "name what starts the period");
    for (const auto& item : node->items)
        if (auto source = read_source(item, "trigger", category)) sources.push_back(std::move(*source));
    check_twice(sources, category);
    return sources;
}

std::optional<DateSource> read_fallback(TableReader& category) {
    const auto* node = category.find("fallback");
    return node ? read_source(*node, "fallback", category) : std::nullopt;
}

} // namespace retention
