#include "connectors/conditions.hpp"

#include "connectors/rivals.hpp"

#include <algorithm>

namespace retention {

Conditions::Conditions(const Plan& plan, const Dialect& dialect, const AllStoredCutoffs& stored)
    : plan_(plan), dialect_(dialect), stored_(stored), rule_text_(dialect, plan.cutoffs), record_(plan.table->name) {}

namespace {

Sql true_or_false(const Sql& condition) {
    return "coalesce(" + condition + ", 1 = 0)";
}

Sql none_of(const Sql& condition) {
    return "NOT " + condition;
}

} // namespace

Sql Conditions::covered() const {
    return plan_.rule.where ? true_or_false(rule_text_(*plan_.rule.where)) : Sql("1 = 1");
}

Sql Conditions::member() const {
    std::vector<Sql> all{covered()};
    for (const auto& other : plan_.yields_to) all.push_back(none_of(Conditions(*other, dialect_, stored_).due()));
    return all_of(all, "1 = 1");
}

Sql Conditions::value(const PlannedDate& date) const {
    if (date.query) return rule_text_(*date.query);
    return dialect_.column(record_, date.column->name);
}

Sql Conditions::day(const PlannedDate& date) const {
    if (!date.link) return dialect_.day_of(value(date), date);
    const JoinedLink link = join(dialect_, rule_text_, *date.link, record_);
    const Sql day = dialect_.day_of(dialect_.column(link.alias, date.column->name), date);
    return "(SELECT max(" + day + ") FROM " + link.from + " WHERE " + link.where + ")";
}

// An own column that is NULL is simply no date. A linked row without a date makes the record undated (a post without an
// end is still held), unless the rule passes over it.
Sql Conditions::unusable(const PlannedDate& date) const {
    if (!date.link) return "(" + value(date) + " IS NOT NULL AND " + dialect_.day_of(value(date), date) + " IS NULL)";
    const JoinedLink link = join(dialect_, rule_text_, *date.link, record_);
    const Sql value = dialect_.column(link.alias, date.column->name);
    Sql bad = dialect_.day_of(value, date) + " IS NULL";
    if (date.open_ignored) bad += " AND " + value + " IS NOT NULL";
    return "EXISTS (SELECT 1 FROM " + link.from + " WHERE " + link.where + " AND " + bad + ")";
}

Sql Conditions::latest() const {
    std::vector<Sql> days;
    for (const PlannedDate& trigger : plan_.triggers) days.push_back(day(trigger));
    Sql latest = dialect_.greatest(days);
    if (plan_.fallback) latest = "coalesce(" + latest + ", " + day(*plan_.fallback) + ")";
    return latest;
}

Sql Conditions::cutoff_case(const Sql& units) const {
    const auto found = stored_.find(&plan_);
    if (found == stored_.end() || found->second.empty()) return "NULL";
    Sql sql = "CASE " + units;
    for (const auto& [count, cutoffs] : found->second)
        sql += " WHEN " + Sql::value(count) + " THEN " + dialect_.day(cutoffs.cutoff);
    return sql + " END";
}

// The day before which the trigger must lie. Of several linked periods the longest counts, and an invalid one leaves
// the record undated.
Sql Conditions::cutoff() const {
    if (plan_.cutoffs.fixed) return dialect_.day(plan_.cutoffs.fixed->cutoff);
    if (!plan_.period->link) return cutoff_case(dialect_.column(record_, plan_.period->column->name));
    const JoinedLink link = join(dialect_, rule_text_, *plan_.period->link, record_);
    const Sql each = cutoff_case(dialect_.column(link.alias, plan_.period->column->name));
    return "(SELECT CASE WHEN count(*) = count(" + each + ") THEN min(" + each + ") END FROM " + link.from + " WHERE " +
           link.where + ")";
}

Sql Conditions::units() const {
    if (!plan_.period) return "NULL";
    if (!plan_.period->link) return dialect_.column(record_, plan_.period->column->name);
    const JoinedLink link = join(dialect_, rule_text_, *plan_.period->link, record_);
    return "(SELECT max(" + dialect_.column(link.alias, plan_.period->column->name) + ") FROM " + link.from +
           " WHERE " + link.where + ")";
}

Sql Conditions::retained() const {
    if (std::holds_alternative<NoPeriod>(plan_.rule.period)) return "1 = 0";
    if (const auto* lone = lone_trigger())
        return true_or_false(dialect_.falls_from(value(*lone), *lone, plan_.cutoffs.fixed->cutoff));
    return true_or_false(latest() + " >= " + cutoff());
}

Sql Conditions::exempt(std::size_t i) const {
    const PlannedUnless& unless = plan_.unless[i];
    if (!unless.link) return true_or_false(rule_text_(*unless.condition));
    const JoinedLink link = join(dialect_, rule_text_, *unless.link, record_);
    return "EXISTS (SELECT 1 FROM " + link.from + " WHERE " + link.where + ")";
}

Sql Conditions::undated() const {
    if (std::holds_alternative<NoPeriod>(plan_.rule.period)) return "1 = 0";
    std::vector<Sql> any;
    for (const PlannedDate& trigger : plan_.triggers) any.push_back(unusable(trigger));
    std::vector<Sql> days;
    for (const PlannedDate& trigger : plan_.triggers) days.push_back(day(trigger));
    if (plan_.fallback)
        any.push_back("(" + dialect_.greatest(days) + " IS NULL AND " + unusable(*plan_.fallback) + ")");
    any.push_back(latest() + " IS NULL");
    if (plan_.period) any.push_back(cutoff() + " IS NULL");
    return any_of(any, "1 = 0");
}

// A rule that counts from one column of the record for one period: the column itself can be compared, and a value that
// is NULL or no date lies before no day.
const PlannedDate* Conditions::lone_trigger() const {
    const bool lone = plan_.triggers.size() == 1 && !plan_.fallback && plan_.cutoffs.fixed;
    return lone && !plan_.triggers[0].link && !plan_.triggers[0].query ? &plan_.triggers[0] : nullptr;
}

Sql Conditions::due() const {
    const auto* lone = lone_trigger();
    if (!lone) return due_where({});
    return due_where(true_or_false(dialect_.falls_before(value(*lone), *lone, plan_.cutoffs.fixed->cutoff)));
}

Sql Conditions::narrow_due() const {
    const auto* lone = lone_trigger();
    return due_where(lone ? dialect_.falls_before(value(*lone), *lone, plan_.cutoffs.fixed->cutoff) : Sql());
}

// `falls_before` is the date's condition where the trigger is a lone one; empty otherwise.
Sql Conditions::due_where(const Sql& falls_before) const {
    std::vector<Sql> all{member()};
    // First what is cheap to find out and true of few: the date.
    if (!falls_before.empty()) {
        all.push_back(falls_before);
    } else if (!std::holds_alternative<NoPeriod>(plan_.rule.period)) {
        all.push_back(true_or_false(latest() + " < " + cutoff()));
        all.push_back(none_of(undated()));
    }
    for (std::size_t i = 0; i < plan_.unless.size(); ++i) all.push_back(none_of(exempt(i)));
    if (!plan_.deletes()) all.push_back(none_of(done()));
    return all_of(all, "1 = 1");
}

Sql Conditions::done() const {
    if (plan_.deletes()) return "1 = 0";
    std::vector<Sql> all;
    for (const PlannedMask& mask : plan_.masks)
        all.push_back(dialect_.is_masked(mask, dialect_.column(record_, mask.column->name)));
    for (const std::size_t entry : children(std::nullopt)) all.push_back(none_of(exists_left(entry, record_)));
    const Sql found = all_of(all, "1 = 0");
    if (!plan_.marker) return found;
    return any_of({dialect_.is_marked(dialect_.column(record_, plan_.marker->name)), found}, "1 = 0");
}

// Entries whose rows belong to the record, or to rows of the entry `parent`.
std::vector<std::size_t> Conditions::children(std::optional<std::size_t> parent) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < plan_.related.size(); ++i) {
        const auto& parents = plan_.related[i].parents;
        const bool child =
            parent ? std::find(parents.begin(), parents.end(), *parent) != parents.end() : parents.empty();
        if (child && plan_.related[i].action != Action::keep) found.push_back(i);
    }
    return found;
}

// Entries above for the very same link: they are tried first.
std::vector<std::size_t> Conditions::earlier(std::size_t entry) const {
    std::vector<std::size_t> found;
    for (std::size_t i = 0; i < entry; ++i)
        if (same_link(plan_.related[i], plan_.related[entry])) found.push_back(i);
    return found;
}

std::vector<Sql> Conditions::earlier_columns(std::size_t entry) const {
    std::vector<Sql> columns;
    for (const std::size_t i : earlier(entry))
        if (const auto& where = plan_.related[i].link.hops.back().where)
            columns.push_back(true_or_false(rule_text_(*where)) + " AS retentiond_taken" + std::to_string(i));
    return columns;
}

Sql Conditions::first_match(std::size_t entry, const std::string& alias) const {
    std::vector<Sql> none;
    for (const std::size_t i : earlier(entry)) {
        std::vector<Sql> taken;
        const PlannedLink& link = plan_.related[i].link;
        if (link.hops.back().where) taken.push_back(dialect_.quote(alias) + ".retentiond_taken" + std::to_string(i));
        if (link.sql) taken.push_back(true_or_false(rule_text_(*link.sql)));
        none.push_back(none_of(all_of(taken, "1 = 1")));
    }
    return all_of(none, "1 = 1");
}

Sql Conditions::untouched(const PlannedRelated& entry, const std::string& row) const {
    if (entry.action != Action::anonymise) return "1 = 1";
    std::vector<Sql> masked;
    for (const PlannedMask& mask : entry.masks)
        masked.push_back(dialect_.is_masked(mask, dialect_.column(row, mask.column->name)));
    return none_of(all_of(masked, "1 = 1"));
}

// Entries that win over this one where they reach the same row from the same place by another link.
std::vector<std::size_t> Conditions::stronger(std::size_t entry) const {
    std::vector<std::size_t> found;
    const PlannedRelated& weak = plan_.related[entry];
    const auto same_link = earlier(entry);
    for (std::size_t i = 0; i < plan_.related.size(); ++i) {
        if (!beats(plan_, i, entry) || plan_.related[i].parents != weak.parents) continue;
        if (std::find(same_link.begin(), same_link.end(), i) == same_link.end()) found.push_back(i);
    }
    return found;
}

namespace {

// The identity of a row of an identified sub-select.
Sql identity_of(const Dialect& dialect, const Table& table, const std::string& alias) {
    std::vector<Sql> columns;
    for (std::size_t i = 0; i < dialect.identity(table).size(); ++i)
        columns.emplace_back(dialect.column(alias, row_alias(i)));
    return listed(columns);
}

} // namespace

Sql Conditions::taken_by(std::size_t entry, const std::string& before) const {
    const PlannedLink& planned = plan_.related[entry].link;
    const JoinedLink link = join(dialect_, rule_text_, planned, before, earlier_columns(entry), true);
    const Sql row = "(" + identity_of(dialect_, planned.table(), link.alias) + ")";
    return row + " IN (SELECT " + identity_of(dialect_, planned.table(), link.alias) + " FROM " + link.from +
           " WHERE " + link.where + " AND " + first_match(entry, link.alias) + ")";
}

// A row is left that the entry, or one below it, would still take.
Sql Conditions::exists_left(std::size_t entry, const std::string& before) const {
    const PlannedRelated& related = plan_.related[entry];
    const auto rivals = stronger(entry);
    const JoinedLink link = join(dialect_, rule_text_, related.link, before, earlier_columns(entry), !rivals.empty());
    std::vector<Sql> own{link.where, first_match(entry, link.alias)};
    for (const std::size_t rival : rivals) own.push_back(none_of(taken_by(rival, before)));
    std::vector<Sql> any{untouched(related, link.alias)};
    if (related.action == Action::anonymise)
        for (const std::size_t child : children(entry)) any.push_back(exists_left(child, link.alias));
    own.push_back(any_of(any, "1 = 1"));
    return "EXISTS (SELECT 1 FROM " + link.from + " WHERE " + all_of(own, "1 = 1") + ")";
}

} // namespace retention
