#include "connectors/plan.hpp"

#include "connectors/plan_names.hpp"

namespace retention {

namespace {

// Builds one plan; what cannot be looked up becomes a problem, and the next name is tried all the same.
class Planner {
public:
    Planner(const Rule& rule, std::shared_ptr<const Catalogue> catalogue, Date as_of)
        : plan_(std::make_shared<Plan>()), names_(*catalogue, rule.category, problems_) {
        plan_->catalogue = std::move(catalogue);
        plan_->rule = rule;
        plan_->cutoffs = cutoffs_for(rule, as_of);
    }

    Planned make() {
        const Rule& rule = plan_->rule;
        plan_->table = names_.table(rule.table, rule.place);
        if (plan_->table) {
            find_key();
            find_dates();
            plan_->masks = find_masks(rule.masks, *plan_->table);
            if (!rule.marker.empty()) plan_->marker = names_.column(*plan_->table, rule.marker, rule.place);
            find_unless();
            for (const Related& entry : rule.related) find_related(entry);
        }
        if (has_errors(problems_)) return {nullptr, std::move(problems_)};
        return {std::move(plan_), std::move(problems_)};
    }

private:
    void find_key() {
        const auto& names = plan_->rule.key.empty() ? plan_->table->primary_key : plan_->rule.key;
        for (const std::string& name : names)
            if (const Column* column = names_.column(*plan_->table, name, plan_->rule.place)) {
                plan_->key.push_back(column);
                key_names_.push_back(column->name);
            }
    }

    void find_dates() {
        const Rule& rule = plan_->rule;
        for (const DateSource& source : rule.triggers) plan_->triggers.push_back(date(source));
        if (rule.fallback) plan_->fallback = date(*rule.fallback);
        if (const auto* stored = std::get_if<StoredPeriod>(&rule.period)) {
            PlannedPeriod period;
            const Table* table = plan_->table;
            if (stored->link) {
                period.link = names_.link(*stored->link, *plan_->table, key_names_);
                table = period.link ? &period.link->table() : nullptr;
            }
            if (table) period.column = names_.column(*table, stored->column, stored->place);
            if (period.column && period.column->family == TypeFamily::text)
                names_.error(stored->place, "the period column '" + stored->column + "' holds text",
                             "a period in the data is a whole number of " + plan_->rule.period_text);
            plan_->period = std::move(period);
        }
    }

    PlannedDate date(const DateSource& source) {
        PlannedDate date;
        date.query = source.query;
        date.earliest = source.earliest;
        date.open_ignored = source.open_ignored;
        date.label = "sql";
        const Table* table = plan_->table;
        if (source.link) {
            date.link = names_.link(*source.link, *plan_->table, key_names_);
            table = date.link ? &date.link->table() : nullptr;
            date.label = source.link->table + "." + source.column;
        } else if (!source.query) {
            date.label = source.column;
        }
        if (table && !source.query) date.column = names_.column(*table, source.column, source.place);
        date.format = source.format.value_or(default_format(date.column, source));
        return date;
    }

    DateFormat default_format(const Column* column, const DateSource& source) {
        if (source.format) return *source.format;
        if (!column) return plan_->catalogue->native_dates ? DateFormat::native : DateFormat::iso;
        const bool number = column->family == TypeFamily::integer || column->family == TypeFamily::real;
        if (number)
            names_.error(source.place, "the date column '" + column->name + "' holds numbers (" + column->type + ")",
                         "say what they are: format = \"unix\" or \"unix-ms\"");
        if (!plan_->catalogue->native_dates) return DateFormat::iso;
        const bool text = column->family == TypeFamily::text || column->family == TypeFamily::loose;
        return text ? DateFormat::iso : DateFormat::native;
    }

    std::vector<PlannedMask> find_masks(const std::vector<Mask>& masks, const Table& table) {
        std::vector<PlannedMask> found;
        for (const Mask& mask : masks)
            if (const Column* column = names_.column(table, mask.column, mask.place)) found.push_back({mask, column});
        return found;
    }

    void find_unless() {
        for (const Unless& unless : plan_->rule.unless) {
            PlannedUnless planned{unless.reason, std::nullopt, unless.where ? unless.where : unless.sql};
            if (unless.link) planned.link = names_.link(*unless.link, *plan_->table, key_names_);
            plan_->unless.push_back(std::move(planned));
        }
    }

    // The entries whose rows `of` means: the one so named, or every entry above for that table that does not keep.
    std::optional<std::vector<std::size_t>> parents_of(const Related& entry) {
        std::vector<std::size_t> parents;
        for (std::size_t i = 0; i < plan_->related.size(); ++i)
            if (plan_->related[i].name == entry.of) return std::vector<std::size_t>{i};
        bool kept = false;
        for (std::size_t i = 0; i < plan_->related.size(); ++i) {
            if (!plan_->catalogue->same_name(plan_->related[i].table, entry.of)) continue;
            if (plan_->related[i].action == Action::keep)
                kept = true;
            else
                parents.push_back(i);
        }
        if (!parents.empty()) return parents;
        names_.error(
            entry.place, "of = \"" + entry.of + (kept ? "\" names rows that are kept" : "\" names no entry above"),
            kept ? "what belongs to a kept row stays with it" : "name the table, or the name, of an entry above");
        return std::nullopt;
    }

    void find_related(const Related& entry) {
        PlannedRelated planned;
        planned.table = entry.link.table;
        planned.name = entry.name;
        planned.action = entry.action;
        planned.place = entry.place;
        const Table* parent = plan_->table;
        std::vector<std::string> key = key_names_;
        if (!entry.of.empty()) {
            auto parents = parents_of(entry);
            if (!parents) return;
            planned.parents = std::move(*parents);
            parent = &plan_->related[planned.parents.front()].link.table();
            key = parent->primary_key;
        }
        auto link = names_.link(entry.link, *parent, key);
        if (!link) return;
        planned.link = std::move(*link);
        planned.masks = find_masks(entry.masks, planned.link.table());
        plan_->related.push_back(std::move(planned));
    }

    std::shared_ptr<Plan> plan_;
    Problems problems_;
    Names names_;
    std::vector<std::string> key_names_;
};

} // namespace

Planned make_plan(const Rule& rule, std::shared_ptr<const Catalogue> catalogue, Date as_of) {
    return Planner(rule, std::move(catalogue), as_of).make();
}

} // namespace retention
