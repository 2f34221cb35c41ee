#include "policies/load_category.hpp"

#include "policies/load_hint.hpp"
#include "policies/load_link.hpp"
#include "policies/load_period.hpp"
#include "policies/load_related.hpp"
#include "policies/load_trigger.hpp"

#include <charconv>

namespace retention {
namespace {

void read_words(TableReader& from, Rule& rule) {
    rule.description = from.prose("description").value_or("");
    rule.authority = from.prose("authority").value_or("");
    rule.lawful_basis = from.prose("lawful_basis").value_or("");
    rule.owner = from.prose("owner").value_or("");
    rule.elsewhere = from.lines("elsewhere");
}

// Its engine is what the rule's SQL is read for.
void find_store(TableReader& from, const Defaults& defaults, const std::string& store) {
    from.findings().engine.reset();
    if (!defaults.stores || store.empty()) return;
    const auto found = defaults.stores->find(store);
    if (found != defaults.stores->end()) {
        from.findings().engine = found->second;
        return;
    }
    std::vector<std::string> names;
    for (const auto& known : *defaults.stores) names.push_back(known.first);
    from.error(from.value_place("store"), from.owner() + " is in an unknown store: \"" + store + "\"",
               did_you_mean(store, names));
}

void read_records(TableReader& from, const Defaults& defaults, Rule& rule) {
    if (from.require("store", "name one of [stores]")) rule.store = from.name("store").value_or("");
    find_store(from, defaults, rule.store);
    if (from.require("table", "name the table of the records")) rule.table = from.name("table").value_or("");
    rule.where = read_sql(from, "where", RuleSqlKind::condition);
    rule.key = from.names("key");
    rule.accepted_triggers = from.names("triggers");
}

// "5%" as 0.05: above 0, at most 100.
std::optional<double> read_percent(std::string_view text) {
    if (text.size() < 2 || text.back() != '%') return {};
    text.remove_suffix(1);
    if (text.find_first_not_of("0123456789.") != std::string_view::npos) return {};
    double percent = 0;
    const auto [rest, error_code] = std::from_chars(text.data(), text.data() + text.size(), percent);
    if (error_code != std::errc{} || rest != text.data() + text.size()) return {};
    return percent > 0 && percent <= 100 ? std::optional(percent / 100) : std::nullopt;
}

void read_limits(TableReader& category, Rule& rule) {
    const auto* node = category.table("limits");
    if (!node) return;
    TableReader from(*node, "`limits` of " + category.owner(), category.findings());
    rule.limits.stated = from.has("share") || from.has("records");
    const auto* share = from.find("share");
    const auto percent = share && share->kind == TomlNode::Kind::text ? read_percent(share->text) : std::nullopt;
    if (percent)
        rule.limits.share = *percent;
    else if (share)
        from.error(share->place,
                   "`share` of " + from.owner() + " wants a percentage above 0 and up to 100, not " + share->describe(),
                   "write it as \"5%\"");
    rule.limits.records = from.count("records");
    from.finish();
}

void read_clock(TableReader& from, const Defaults& defaults, Rule& rule) {
    read_period(from, rule);
    rule.counting.financial_year_ends = defaults.financial_year_ends.value_or(rule.counting.financial_year_ends);
    read_starts(from, defaults.financial_year_named || !defaults.known, rule);
    rule.triggers = read_triggers(from);
    rule.fallback = read_fallback(from);
    rule.overdue_after = read_period_text(from, "overdue_after").value_or(defaults.overdue_after);
    const bool own_schedule = from.has("schedule");
    rule.schedule = own_schedule ? from.name("schedule").value_or("") : defaults.schedule;
    rule.schedule_place = own_schedule ? from.value_place("schedule") : defaults.schedule_place;
    read_limits(from, rule);
}

// What the form of the period asks of the other keys.
void check_clock(TableReader& from, const Rule& rule) {
    const auto* fixed = std::get_if<FixedPeriod>(&rule.period);
    if (fixed && fixed->at_most && from.has("overdue_after"))
        from.error(from.key_place("overdue_after"), "`overdue_after` beside `at_most`",
                   "a record is overdue after `at_most`; leave one out");
    if (!std::holds_alternative<NoPeriod>(rule.period)) {
        from.require("trigger", "say what starts the period: a date column of the record, or of linked rows");
        return;
    }
    const std::string why = "has no meaning with period = \"none\"";
    from.refuse({"trigger", "fallback", "starts"}, why, "records are due as soon as they are found; leave it out");
    from.require("where", "with period = \"none\" all that a rule says is `where`");
    if (!rule.limits.stated)
        from.error(from.has("limits") ? from.value_place("limits") : from.place(),
                   from.owner() + " has no explicit limits",
                   "period = \"none\" needs them: limits = { share = \"5%\", records = 100 }");
}

void read_action(TableReader& from, Rule& rule) {
    const bool masked = from.has("mask");
    rule.masks = read_masks(from);
    rule.marker = from.name("marker").value_or("");
    if (!from.require("action", "say \"delete\" or \"anonymise\"")) return;
    const auto word = from.choice("action", {"delete", "anonymise"});
    if (!word) return;
    rule.action = *word == 0 ? Action::erase : Action::anonymise;
    if (rule.action == Action::erase)
        return from.refuse({"mask", "marker"}, "goes with action = \"anonymise\" only",
                           "a deleted record has nothing to mask");
    if (!masked) from.require("mask", "say what takes the place of each column: mask = { email = \"random email\" }");
}

bool is_pseudonym(const Mask& mask) {
    return mask.kind == MaskKind::pseudonym;
}

void check_masks(TableReader& from, const Rule& rule) {
    for (const auto& mask : rule.masks)
        if (!rule.marker.empty() && mask.column == rule.marker)
            from.error(mask.place,
                       "column \"" + mask.column + "\" is the marker of " + from.owner() + " and cannot be masked");
    if (rule.action != Action::anonymise || from.has("marker")) return;
    auto masks = rule.masks;
    for (const auto& entry : rule.related) masks.insert(masks.end(), entry.masks.begin(), entry.masks.end());
    for (const auto& mask : masks)
        if (is_pseudonym(mask))
            return from.error(mask.place, "`pseudonym` needs a `marker` in " + from.owner(),
                              "marker = \"anonymised_at\": a column that says a record is done");
}

// How a category knows a person, and what a request then does.
void read_requests(TableReader& category) {
    category.choice("on_request", {"erase", "refuse"});
    if (const auto* node = category.table("subject")) {
        TableReader from(*node, "`subject` of " + category.owner(), category.findings());
        for (const auto& entry : node->entries) {
            if (entry.value.kind != TomlNode::Kind::table) {
                from.name(entry.key);
                continue;
            }
            from.has(entry.key);
            TableReader link(entry.value, "`subject." + entry.key + "` of " + category.owner(), category.findings());
            read_link(link);
            if (link.require("column")) link.name("column");
            link.finish();
        }
        from.finish();
        category.require("on_request", "where `subject` says how a person is known, say \"erase\" or \"refuse\"");
    }
    category.not_yet("subject", "`subject`");
    category.not_yet("on_request", "`on_request`");
}

// Of tables whose engine has no transactions.
void read_non_transactional(TableReader& from, const Defaults& defaults, const std::string& store) {
    if (!from.flag("non_transactional").value_or(false) || !defaults.stores) return;
    const auto found = defaults.stores->find(store);
    if (found != defaults.stores->end() && found->second == Engine::sqlite)
        from.refuse({"non_transactional"}, "does not apply to SQLite", "leave it out");
    else
        from.not_yet("non_transactional", "`non_transactional`");
}

void check_cutoff(const std::optional<RuleSql>& sql, Findings& findings) {
    if (sql && sql->names_cutoff())
        findings.error(sql->place, "{cutoff} in a rule whose period is none or in the data",
                       "there is no one cutoff; use {as_of}");
}

void check_cutoff(const std::optional<Link>& link, Findings& findings) {
    if (!link) return;
    check_cutoff(link->where, findings);
    check_cutoff(link->sql, findings);
    if (link->through) check_cutoff(link->through->where, findings);
}

void check_cutoffs(const Rule& rule, Findings& findings) {
    check_cutoff(rule.where, findings);
    auto sources = rule.triggers;
    if (rule.fallback) sources.push_back(*rule.fallback);
    for (const auto& source : sources) {
        check_cutoff(source.query, findings);
        check_cutoff(source.link, findings);
    }
    if (const auto* stored = std::get_if<StoredPeriod>(&rule.period)) check_cutoff(stored->link, findings);
    for (const auto& unless : rule.unless) {
        check_cutoff(unless.where, findings);
        check_cutoff(unless.sql, findings);
        check_cutoff(unless.link, findings);
    }
    for (const auto& entry : rule.related) check_cutoff(std::optional(entry.link), findings);
}

} // namespace

Rule read_category(const std::string& name, const TomlNode& node, const Defaults& defaults, Findings& findings) {
    TableReader from(node, "category '" + name + "'", findings);
    Rule rule;
    rule.category = name;
    rule.place = node.place;
    read_words(from, rule);
    read_records(from, defaults, rule);
    read_clock(from, defaults, rule);
    check_clock(from, rule);
    read_action(from, rule);
    rule.unless = read_unless(from);
    rule.related = read_related(from);
    check_masks(from, rule);
    read_requests(from);
    read_non_transactional(from, defaults, rule.store);
    if (!std::holds_alternative<FixedPeriod>(rule.period)) check_cutoffs(rule, findings);
    from.finish();
    return rule;
}

} // namespace retention
