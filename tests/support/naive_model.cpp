#include "tests/support/naive_model.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <stdexcept>

namespace retention::test {

std::size_t ModelTable::at(const std::string& column) const {
    for (std::size_t i = 0; i < columns.size(); ++i)
        if (columns[i].name == column) return i;
    throw std::out_of_range(name + " has no column " + column);
}

namespace {

using std::chrono::days;

bool is_null(const Value& value) {
    return std::holds_alternative<std::monostate>(value);
}

std::optional<double> number(const Value& value) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return static_cast<double>(*whole);
    if (const auto* real = std::get_if<double>(&value)) return *real;
    return {};
}

std::string folded(std::string text) {
    for (char& c : text)
        if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
    return text;
}

} // namespace

bool same(const Value& a, const Value& b, bool nocase) {
    if (is_null(a) || is_null(b)) return false;
    if (a.index() == b.index() && std::holds_alternative<std::int64_t>(a)) return a == b;
    if (number(a) && number(b)) return *number(a) == *number(b);
    const auto *left = std::get_if<std::string>(&a), *right = std::get_if<std::string>(&b);
    if (left && right) return nocase ? folded(*left) == folded(*right) : *left == *right;
    return a == b;
}

NaiveModel::NaiveModel(const ModelStore& store, const Rule& rule, const std::vector<const Rule*>& deletes, Date as_of,
                       Flaw flaw)
    : store_(store), rule_(rule), deletes_(deletes), as_of_(as_of), flaw_(flaw) {}

// Conditions and links ------------------------------------------------------------------------------------------------

bool NaiveModel::holds(const std::optional<RuleSql>& sql, const Cells* record, const Cells* linked) const {
    return !sql || store_.conditions.at(sql->source)(store_, record, linked);
}

std::set<std::int64_t> NaiveModel::hop(const Hop& hop, const ModelTable& from, const Cells& row,
                                       const std::vector<std::string>& key) const {
    const ModelTable& to = table(hop.table);
    const auto& on = hop.on.empty() ? to.key : hop.on;
    const auto& via = hop.via.empty() ? key : hop.via;
    std::set<std::int64_t> found;
    for (const auto& [tag, there] : to.rows) {
        bool matches = holds(hop.where, nullptr, &there);
        for (std::size_t i = 0; i < on.size(); ++i) {
            const auto column = to.at(on[i]);
            matches = matches && same(there[column], row[from.at(via[i])], to.columns[column].type.nocase);
        }
        if (matches) found.insert(tag);
    }
    return found;
}

std::set<std::int64_t> NaiveModel::linked(const Link& link, const ModelTable& from, const Cells& row,
                                          const std::vector<std::string>& key) const {
    std::set<std::int64_t> found;
    if (!link.through) {
        found = hop(link, from, row, key);
    } else {
        const ModelTable& between = table(link.through->table);
        for (const auto tag : hop(*link.through, from, row, key))
            found.merge(hop(link, between, between.rows.at(tag), between.key));
    }
    std::erase_if(found, [&](std::int64_t tag) { return !holds(link.sql, &row, &table(link.table).rows.at(tag)); });
    return found;
}

std::set<std::int64_t> NaiveModel::linked(const Link& link, const Cells& record) const {
    return linked(link, records(), record, key());
}

// Dates ---------------------------------------------------------------------------------------------------------------

namespace {

std::optional<StoredDate> read_unix_value(const Value& value, bool digits, std::int64_t per_second) {
    if (const auto* whole = std::get_if<std::int64_t>(&value)) return read_unix(*whole, per_second);
    if (const auto* real = std::get_if<double>(&value)) {
        if (!(std::abs(*real) < 9.2e18)) return {};
        return read_unix(static_cast<std::int64_t>(std::floor(*real)), per_second);
    }
    const auto* text = std::get_if<std::string>(&value);
    if (!digits || !text || text->empty() || text->size() > 18) return {};
    for (const char c : *text)
        if (c < '0' || c > '9') return {};
    return read_unix(std::stoll(*text), per_second);
}

std::optional<StoredDate> read_value(const Value& value, DateFormat format, bool digits) {
    if (format == DateFormat::unix_seconds) return read_unix_value(value, digits, 1);
    if (format == DateFormat::unix_milliseconds) return read_unix_value(value, digits, 1000);
    const auto* text = std::get_if<std::string>(&value);
    if (!text) return {};
    return format == DateFormat::iso_offset ? read_iso_offset(*text) : read_iso(*text);
}

} // namespace

void NaiveModel::read(const DateSource& source, const Value& value, bool digits, Dates& dates) const {
    const auto stored = read_value(value, source.format.value_or(DateFormat::iso), digits);
    const bool plain = flaw_ == Flaw::zone_ignored;
    const auto date = stored ? std::optional(local_date_of(*stored, plain ? Zone::utc() : store_.here,
                                                           plain ? Zone::utc() : store_.store))
                             : std::nullopt;
    if (!date || (source.earliest && *date < *source.earliest)) {
        dates.unusable = true;
        return;
    }
    if (!dates.latest || *dates.latest < *date) dates.latest = date;
}

NaiveModel::Dates NaiveModel::dates(const DateSource& source, const Cells& record) const {
    Dates dates;
    if (source.query) {
        const Value value = store_.queries.at(source.query->source)(store_, record);
        if (!is_null(value)) read(source, value, store_.typed, dates);
        return dates;
    }
    const ModelTable& from = source.link ? table(source.link->table) : records();
    const std::size_t column = from.at(source.column);
    const bool digits = from.columns[column].text;
    if (!source.link) {
        if (!is_null(record[column])) read(source, record[column], digits, dates);
        return dates;
    }
    for (const auto tag : linked(*source.link, record)) {
        const Value& value = from.rows.at(tag)[column];
        if (!is_null(value))
            read(source, value, digits, dates);
        else if (!source.open_ignored)
            dates.unusable = true;
    }
    return dates;
}

// Nothing where a period in the data is not valid; no element where there is none.
std::vector<std::optional<Period>> NaiveModel::periods(const Cells& record) const {
    if (const auto* fixed = std::get_if<FixedPeriod>(&rule_.period)) return {fixed->at_least};
    const auto& stored = std::get<StoredPeriod>(rule_.period);
    std::vector<Value> values;
    if (!stored.link) {
        values.push_back(record[records().at(stored.column)]);
    } else {
        const ModelTable& from = table(stored.link->table);
        for (const auto tag : linked(*stored.link, record)) values.push_back(from.rows.at(tag)[from.at(stored.column)]);
    }
    std::vector<std::optional<Period>> periods;
    for (const Value& value : values) {
        const auto count = number(value);
        const bool valid = count && *count == std::floor(*count) && *count > 0 && *count <= longest_count(stored.unit);
        periods.push_back(valid ? std::optional(Period{static_cast<std::int32_t>(*count), stored.unit}) : std::nullopt);
    }
    return periods;
}

// One record ----------------------------------------------------------------------------------------------------------

bool NaiveModel::covered(const Cells& record) const {
    return holds(rule_.where, nullptr, &record);
}

std::vector<std::int64_t> NaiveModel::members() const {
    std::set<std::int64_t> gone;
    for (const Rule* other : deletes_) {
        const NaiveModel removing(store_, *other, {}, as_of_, flaw_);
        gone.insert(removing.due().begin(), removing.due().end());
    }
    std::vector<std::int64_t> members;
    for (const auto& [tag, row] : records().rows)
        if (covered(row) && !gone.contains(tag)) members.push_back(tag);
    return members;
}

Judged NaiveModel::judge(std::int64_t tag) const {
    const Cells& record = records().rows.at(tag);
    Judged judged;
    for (const Unless& unless : rule_.unless) {
        const bool matches = unless.link    ? !linked(*unless.link, record).empty()
                             : unless.where ? holds(unless.where, nullptr, &record)
                                            : holds(unless.sql, &record, nullptr);
        if (matches && flaw_ != Flaw::exempt_ignored) judged.exempt.push_back(unless.reason);
    }
    bool retained = false;
    const bool periodic = !std::holds_alternative<NoPeriod>(rule_.period);
    if (periodic) {
        Dates found;
        for (const DateSource& trigger : rule_.triggers) {
            const Dates one = dates(trigger, record);
            found.unusable = found.unusable || one.unusable;
            if (one.latest && (!found.latest || *found.latest < *one.latest)) found.latest = one.latest;
        }
        if (rule_.fallback && (!found.latest || flaw_ == Flaw::fallback_always)) {
            const Dates instead = dates(*rule_.fallback, record);
            found.unusable = found.unusable || instead.unusable;
            if (instead.latest && (!found.latest || *found.latest < *instead.latest)) found.latest = instead.latest;
        }
        judged.trigger = found.latest;
        const auto all = periods(record);
        const bool valid = !all.empty() && std::ranges::all_of(all, [](const auto& p) { return p.has_value(); });
        judged.undated = found.unusable || !found.latest || !valid;
        if (found.latest && valid) {
            for (const auto& period : all) {
                const Date through = kept_through(*found.latest, *period, rule_.counting);
                if (!judged.kept_through || *judged.kept_through < through) judged.kept_through = through;
            }
            retained =
                flaw_ == Flaw::due_on_the_cutoff ? *judged.kept_through > as_of_ : *judged.kept_through >= as_of_;
        }
    }
    if (flaw_ == Flaw::undated_is_old) judged.undated = false;
    if (done(tag))
        judged.verdict = Verdict::done;
    else if (retained)
        judged.verdict = Verdict::retained;
    else if (!judged.exempt.empty())
        judged.verdict = Verdict::exempt;
    else if (judged.undated)
        judged.verdict = Verdict::undated;
    else
        judged.verdict = Verdict::due;
    if (judged.verdict == Verdict::due && judged.kept_through) {
        const auto* fixed = std::get_if<FixedPeriod>(&rule_.period);
        judged.overdue = fixed && fixed->at_most
                             ? kept_through(*judged.trigger, *fixed->at_most, rule_.counting) < as_of_
                             : plus(*judged.kept_through + days{1}, rule_.overdue_after) < as_of_;
    }
    if (judged.undated && judged.verdict != Verdict::retained) judged.kept_through.reset();
    return judged;
}

const std::set<std::int64_t>& NaiveModel::due() const {
    if (due_) return *due_;
    due_.emplace();
    for (const auto tag : members())
        if (judge(tag).verdict == Verdict::due) due_->insert(tag);
    return *due_;
}

std::vector<std::string> NaiveModel::key_of(std::int64_t record) const {
    std::vector<std::string> text;
    for (const auto& column : key()) {
        text.push_back(key_text(records().rows.at(record)[records().at(column)]));
        const bool real = records().columns[records().at(column)].type.kind == ColumnKind::real;
        if (store_.typed && real && text.back().ends_with(".0")) text.back().resize(text.back().size() - 2);
    }
    return text;
}

Survey NaiveModel::survey() const {
    Survey survey;
    std::map<Month, std::int64_t> upcoming;
    for (const Unless& unless : rule_.unless)
        if (std::ranges::find(survey.exempt, unless.reason, &ReasonCount::reason) == survey.exempt.end())
            survey.exempt.push_back({unless.reason, 0});
    std::set<std::int64_t> due;
    for (const auto tag : members()) {
        const Judged judged = judge(tag);
        ++survey.records;
        switch (judged.verdict) {
        case Verdict::held:
            ++survey.held;
            break;
        case Verdict::done:
            ++survey.done;
            break;
        case Verdict::exempt:
            ++std::ranges::find(survey.exempt, judged.exempt.front(), &ReasonCount::reason)->records;
            break;
        case Verdict::undated:
            ++survey.undated;
            break;
        case Verdict::retained: {
            ++survey.retained;
            const Month month = month_of(*judged.kept_through + days{1});
            if (month <= month_of(as_of_) + std::chrono::months{12}) ++upcoming[month];
            break;
        }
        case Verdict::due:
            due.insert(tag);
            ++survey.due;
            if (judged.overdue) ++survey.overdue;
            if (judged.trigger && (!survey.oldest || *judged.trigger < *survey.oldest)) survey.oldest = judged.trigger;
        }
    }
    for (const auto& [month, records] : upcoming) survey.upcoming.push_back({month, records});
    survey.related = related(due);
    return survey;
}

// What goes with it ---------------------------------------------------------------------------------------------------

std::vector<std::size_t> NaiveModel::parents(std::size_t entry) const {
    const auto& of = rule_.related[entry].of;
    std::vector<std::size_t> parents;
    for (std::size_t i = 0; i < entry; ++i)
        if (rule_.related[i].name == of) return {i};
    for (std::size_t i = 0; i < entry; ++i)
        if (rule_.related[i].link.table == of && rule_.related[i].action != Action::keep) parents.push_back(i);
    return parents;
}

namespace {

std::string source_of(const std::optional<RuleSql>& sql) {
    return sql ? sql->source : std::string();
}

bool same_way(const Related& a, const Related& b) {
    const auto same_hop = [](const Hop& x, const Hop& y) {
        return x.table == y.table && x.on == y.on && x.via == y.via;
    };
    if (a.of != b.of || !same_hop(a.link, b.link) || a.link.through.has_value() != b.link.through.has_value())
        return false;
    return !a.link.through || (same_hop(*a.link.through, *b.link.through) &&
                               source_of(a.link.through->where) == source_of(b.link.through->where));
}

int strength(Action action) {
    return action == Action::keep ? 3 : action == Action::detach ? 2 : action == Action::anonymise ? 1 : 0;
}

} // namespace

// Entries for one link are tried in order: a row that one above takes is not this one's.
std::set<std::int64_t> NaiveModel::from_parent(std::size_t entry, const ModelTable& parent, const Cells& row) const {
    const Related& related = rule_.related[entry];
    const auto& parent_key = related.of.empty() ? key() : parent.key;
    auto rows = linked(related.link, parent, row, parent_key);
    for (std::size_t i = 0; i < entry; ++i)
        if (same_way(rule_.related[i], related))
            for (const auto tag : linked(rule_.related[i].link, parent, row, parent_key)) rows.erase(tag);
    return rows;
}

// Where a row is reached twice, the entry that keeps more has it, of equals the first; but two links that are both to
// be given up are.
bool NaiveModel::beats(std::size_t strong, std::size_t weak) const {
    const Related &a = rule_.related[strong], &b = rule_.related[weak];
    if (strong == weak || a.link.table != b.link.table) return false;
    if (a.action == Action::detach && b.action == Action::detach && a.link.on != b.link.on) return false;
    int more = strength(a.action) - strength(b.action);
    if (flaw_ == Flaw::keeps_more_loses) more = -more;
    return more > 0 || (more == 0 && strong < weak);
}

NaiveModel::Lost NaiveModel::lost(const std::set<std::int64_t>& from) const {
    Lost lost;
    const auto rows = reached(together(from), lost);
    // What another delete of the same rows has goes, whichever comes first.
    const auto alike = [&](const Related& a, const Related& b) {
        return a.action == Action::erase && b.action == Action::erase && a.of == b.of;
    };
    for (std::size_t weak = 0; weak < rows.size(); ++weak)
        for (std::size_t strong = 0; strong < rows.size(); ++strong)
            if (alike(rule_.related[weak], rule_.related[strong]) && beats(strong, weak))
                for (const auto tag : rows[strong]) lost[weak].erase(tag);
    return lost;
}

std::vector<std::set<std::int64_t>> NaiveModel::reached(const std::set<std::int64_t>& from, const Lost& before) const {
    Lost lost = before;
    return reached(from, lost);
}

// The rows of each entry.
std::vector<std::set<std::int64_t>> NaiveModel::reached(const std::set<std::int64_t>& from, Lost& lost) const {
    const auto& entries = rule_.related;
    std::vector<std::set<std::int64_t>> rows(entries.size());
    lost.resize(entries.size());
    for (bool again = true; again;) {
        again = false;
        for (std::size_t i = 0; i < entries.size(); ++i) {
            rows[i].clear();
            if (entries[i].of.empty())
                for (const auto tag : from) rows[i].merge(from_parent(i, records(), records().rows.at(tag)));
            for (const auto parent : entries[i].of.empty() ? std::vector<std::size_t>{} : parents(i)) {
                const ModelTable& above = table(entries[parent].link.table);
                for (const auto tag : rows[parent]) rows[i].merge(from_parent(i, above, above.rows.at(tag)));
            }
            for (const auto tag : lost[i]) rows[i].erase(tag);
            const bool own = entries[i].link.table == rule_.table && rule_.action == Action::erase;
            if (own && entries[i].action == Action::erase)
                for (const auto tag : from) rows[i].erase(tag); // goes as a record
        }
        for (std::size_t weak = 0; weak < entries.size(); ++weak)
            for (std::size_t strong = 0; strong < entries.size(); ++strong) {
                if (!beats(strong, weak)) continue;
                for (const auto tag : rows[strong])
                    if (rows[weak].contains(tag)) again = lost[weak].insert(tag).second || again;
            }
    }
    return rows;
}

std::set<std::int64_t> NaiveModel::together(std::set<std::int64_t> all, const Lost& lost) const {
    if (rule_.action != Action::erase) return all;
    const auto& ready = due();
    for (bool again = true; again;) {
        again = false;
        const auto rows = reached(all, lost);
        for (std::size_t i = 0; i < rows.size(); ++i)
            if (rule_.related[i].link.table == rule_.table && rule_.related[i].action == Action::erase)
                for (const auto tag : rows[i])
                    if (ready.contains(tag)) again = all.insert(tag).second || again;
    }
    return all;
}

std::vector<RelatedCount> NaiveModel::related(const std::set<std::int64_t>& from, const Lost& lost) const {
    std::vector<RelatedCount> counts;
    const auto all = together(from, lost);
    const auto rows = reached(all, lost);
    const auto& ready = due();
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Related& entry = rule_.related[i];
        if (entry.action == Action::keep) continue;
        const bool own = entry.link.table == rule_.table && rule_.action == Action::erase;
        const auto taken = std::ranges::count_if(rows[i], [&](std::int64_t tag) {
            return takes(entry, table(entry.link.table).rows.at(tag)) && !(own && ready.contains(tag));
        });
        const auto found = std::ranges::find_if(counts, [&](const RelatedCount& count) {
            return count.table == entry.link.table && count.action == entry.action;
        });
        if (found == counts.end())
            counts.push_back({entry.link.table, entry.action, taken});
        else
            found->records += taken;
    }
    return counts;
}

ModelStore NaiveModel::after(const std::set<std::int64_t>& from, std::vector<Masked>& masked, const Lost& lost) const {
    ModelStore next = store_;
    const auto all = together(from, lost);
    const auto rows = reached(all, lost);
    const auto mask_row = [&](const std::string& name, std::int64_t tag, const std::vector<Mask>& masks) {
        for (const Mask& mask : masks) {
            const auto column = table(name).at(mask.column);
            masked.push_back({name, tag, column, mask, table(name).rows.at(tag)[column]});
        }
    };
    for (std::size_t i = 0; i < rows.size(); ++i) {
        const Related& entry = rule_.related[i];
        ModelTable& to = next.tables.at(entry.link.table);
        for (const auto tag : rows[i]) {
            if (!takes(entry, table(entry.link.table).rows.at(tag))) continue;
            if (entry.action == Action::erase) to.rows.erase(tag);
            if (entry.action == Action::anonymise) mask_row(entry.link.table, tag, entry.masks);
            if (entry.action == Action::detach)
                for (const auto& column : entry.link.on) to.rows.at(tag)[to.at(column)] = std::monostate{};
        }
    }
    for (const auto tag : all) {
        if (rule_.action == Action::erase) {
            next.tables.at(rule_.table).rows.erase(tag);
            continue;
        }
        mask_row(rule_.table, tag, rule_.masks);
        if (!rule_.marker.empty()) {
            Mask marker;
            marker.value = "marker";
            masked.push_back({rule_.table, tag, records().at(rule_.marker), marker, {}});
        }
    }
    return next;
}

// Masks ---------------------------------------------------------------------------------------------------------------

namespace {

std::string cut(const std::string& text, const ModelColumn& column) {
    return column.type.length == 0 ? text : text.substr(0, column.type.length);
}

// Characters, not bytes: a byte 10xxxxxx goes on with the character before it.
std::string first(const std::string& text, std::size_t characters) {
    std::size_t end = 0;
    for (; end < text.size(); ++end)
        if ((static_cast<unsigned char>(text[end]) & 0xC0) != 0x80 && characters-- == 0) break;
    return text.substr(0, end);
}

bool is_token(const std::string& text) {
    if (text.size() < 16 || text.size() > 32 || text[0] != 'x' || text[5] != 'z') return false;
    for (std::size_t i = 0; i < text.size(); ++i)
        if (i != 0 && i != 5 && std::string_view("0123456789abcdef").find(text[i]) == std::string_view::npos)
            return false;
    return true;
}

bool is_email(const std::string& text) {
    const std::string domain = "@anonymised.invalid";
    return text.size() == 16 + domain.size() && text.ends_with(domain) && is_token(text.substr(0, 16));
}

std::optional<std::string> general(MaskKind kind, const std::string& text) {
    if (!read_iso(text) && !read_iso_offset(text)) return {};
    std::string result = text;
    if (kind != MaskKind::day) result.replace(8, 2, "01");
    if (kind == MaskKind::year) result.replace(5, 2, "01");
    for (std::size_t i = 10; i < result.size() && std::string_view("Z+-").find(result[i]) == std::string_view::npos;
         ++i)
        if (result[i] >= '0' && result[i] <= '9') result[i] = '0';
    return result;
}

std::optional<std::string> network(const std::string& text) {
    int a = 0, b = 0, c = 0, d = 0, end = 0;
    if (std::sscanf(text.c_str(), "%d.%d.%d.%d%n", &a, &b, &c, &d, &end) != 4) return {};
    if (static_cast<std::size_t>(end) != text.size() || a > 255 || b > 255 || c > 255 || d > 255) return {};
    return std::to_string(a) + "." + std::to_string(b) + "." + std::to_string(c) + ".0";
}

// What a mask without chance makes of text; `standing` takes the place of what it cannot read.
std::string constant(const Mask& mask, const ModelColumn& column, const std::string& text, std::string& standing) {
    standing.clear();
    switch (mask.kind) {
    case MaskKind::redact:
        return cut("REDACTED", column);
    case MaskKind::fixed:
        return cut(mask.value, column);
    case MaskKind::keep:
        return first(text, mask.keep);
    case MaskKind::ip:
        standing = "0.0.0.0";
        return network(text).value_or("");
    default:
        standing = column.no_date;
        return general(mask.kind, text).value_or("");
    }
}

} // namespace

bool NaiveModel::is_masked(const Mask& mask, const ModelTable& of, const Cells& row) const {
    const Value& value = row[of.at(mask.column)];
    if (mask.kind == MaskKind::pseudonym) return false;
    if (is_null(value)) return mask.kind != MaskKind::fixed;
    const auto* text = std::get_if<std::string>(&value);
    if (!text || mask.kind == MaskKind::null) return false;
    if (mask.kind == MaskKind::random) return is_token(*text);
    if (mask.kind == MaskKind::random_email) return is_email(*text);
    std::string standing;
    const std::string result = constant(mask, of.columns[of.at(mask.column)], *text, standing);
    return *text == (result.empty() ? standing : result) || (!standing.empty() && *text == standing);
}

bool NaiveModel::takes(const Related& entry, const Cells& row) const {
    if (entry.action == Action::keep) return false;
    if (entry.action != Action::anonymise) return true;
    const ModelTable& of = table(entry.link.table);
    return !std::ranges::all_of(entry.masks, [&](const Mask& mask) { return is_masked(mask, of, row); });
}

bool NaiveModel::done(std::int64_t tag) const {
    if (rule_.action == Action::erase) return false;
    const Cells& record = records().rows.at(tag);
    if (!rule_.marker.empty()) {
        const Value& marker = record[records().at(rule_.marker)];
        const bool empty = is_null(marker) || number(marker) == 0.0 || marker == Value("0") || marker == Value("");
        if (!empty) return true;
    }
    const auto masked = [&](const Mask& mask) { return is_masked(mask, records(), record); };
    if (!std::ranges::all_of(rule_.masks, masked)) return false;
    const auto rows = reached({tag});
    for (std::size_t i = 0; i < rows.size(); ++i)
        for (const auto row : rows[i])
            if (takes(rule_.related[i], table(rule_.related[i].link.table).rows.at(row))) return false;
    return true;
}

bool fits(const Masked& masked, const ModelColumn& column, const Value& now) {
    const Mask& mask = masked.mask;
    const auto* text = std::get_if<std::string>(&now);
    if (mask.column.empty()) return text ? !text->empty() && *text != "0" : number(now).value_or(0) != 0; // the marker
    if (mask.kind == MaskKind::null || (is_null(masked.before) && mask.kind != MaskKind::fixed)) return is_null(now);
    const auto* before = std::get_if<std::string>(&masked.before);
    if (!before && mask.kind != MaskKind::fixed) return false;
    std::string standing;
    switch (mask.kind) {
    case MaskKind::random:
        return text && is_token(*text) && *text != *before;
    case MaskKind::random_email:
        return text && is_email(*text) && *text != *before;
    case MaskKind::pseudonym:
        return text && text->size() >= 16 && *text != *before;
    default:
        break;
    }
    const std::string result = constant(mask, column, before ? *before : std::string(), standing);
    if (result.empty() && !standing.empty()) return column.type.not_null ? text && *text == standing : is_null(now);
    return text && *text == result;
}

} // namespace retention::test
