// Random companies against the naive model: report, explanation and disposal on a real store answer as loops over
// tables in memory do, and the stores answer alike. RETENTION_CASES and RETENTION_SEED choose how many and which; a
// failure prints its seed.

#include "connectors/rivals.hpp"
#include "tests/support/model_store.hpp"
#include "tests/support/random_company.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <sstream>

namespace retention::test {
namespace {

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);
    return text ? std::strtoull(text, nullptr, 10) : otherwise;
}

std::string text_of(const std::vector<std::string>& key) {
    std::string text;
    for (const auto& part : key) text += (text.empty() ? "" : " | ") + part;
    return text;
}

std::string text_of(const std::vector<RelatedCount>& counts) {
    std::string text;
    for (const auto& count : counts)
        text += " " + count.table + ":" + to_string(count.action) + "=" + std::to_string(count.records);
    return text;
}

std::string text_of(const std::optional<Date>& date) {
    return date ? to_string(*date) : "-";
}

std::string text_of(const Survey& survey) {
    std::ostringstream text;
    text << "records " << survey.records << " due " << survey.due << " overdue " << survey.overdue << " retained "
         << survey.retained << " held " << survey.held << " undated " << survey.undated << " done " << survey.done
         << " oldest " << text_of(survey.oldest) << " exempt";
    for (const auto& exempt : survey.exempt) text << " " << exempt.reason << "=" << exempt.records;
    text << " related" << text_of(survey.related) << " upcoming";
    for (const auto& month : survey.upcoming) text << " " << to_string(month.month) << "=" << month.records;
    return text.str();
}

std::string text_of(const Value& value) {
    constexpr const char* kinds[] = {"null", "int ", "real ", "text ", "blob "};
    return kinds[value.index()] + key_text(value);
}

// One company, walked through; the first difference from the model is kept.
class Trial {
public:
    Trial(std::uint64_t seed, Flaw flaw, EngineStore& store)
        : dice_(seed ^ 0x5eed), flaw_(flaw), store_(store), company_(seed, store.engine()) {
        store_.fill(company_.script);
        store_.read(company_.store);
        configuration_ = rules_from_toml(company_.toml, store_.settings(), company_.zones);
        connector_ = make_connector(configuration_.stores.at("shop"), configuration_.zone);
        session_ = connector_->open(Access::read_write);
        session_->prepare_witnesses();
        rule_ = configuration_.find_rule("records");
        plan_ = plan_on(*session_, *rule_, company_.as_of);
        plan_->pseudonym_key = std::string(32, 'k');
        if (const Rule* other = configuration_.find_rule("removed")) {
            deletes_.push_back(other);
            plan_->yields_to.push_back(plan_on(*session_, *other, company_.as_of));
        }
    }

    // Nothing where all agrees.
    std::string run() {
        const auto broken = dangling();
        for (const Problem& problem : session_->try_plan(*plan_))
            if (problem.severity == Severity::error) differ("try_plan: " + to_string(problem));
        compare_survey("at first");
        compare_explanations();
        std::set<std::string> first, second;
        const bool all = walk(first, true);
        if (!difference_.empty()) return difference_;
        compare_survey("after the first walk");
        walk(second, false);
        // What one record kept by its link may hang on another one, which is then due once more: masks alone.
        if (!company_.due_again) {
            if (all && !second.empty()) differ("the second walk found " + *second.begin());
            if (model().survey().due != 0 || session_->survey(*plan_).due != 0) differ("still due after all");
        }
        compare_survey("after the second walk");
        if (dangling() != broken) differ("the foreign keys are broken");
        disposed = first.size() + second.size();
        return difference_;
    }
    std::size_t disposed = 0;
    const std::string& toml() const { return company_.toml; }
    const std::string& script_text() const { return company_.script; }
    std::string answer() { return text_of(session_->survey(*plan_)); }
    bool same_everywhere() const { return company_.same; }

private:
    // Rows that refer to no row.
    std::size_t dangling() const {
        std::size_t found = 0;
        for (const CompanyKey& key : company_.keys) {
            const ModelTable &from = company_.store.tables.at(key.from), &to = company_.store.tables.at(key.to);
            for (const auto& [tag, row] : from.rows) found += !refers(key, from, row, to);
        }
        return found;
    }
    static bool refers(const CompanyKey& key, const ModelTable& from, const Cells& row, const ModelTable& to) {
        for (const auto& column : key.columns)
            if (row[from.at(column)].index() == 0) return true;
        return std::ranges::any_of(to.rows, [&](const auto& target) {
            for (std::size_t i = 0; i < key.columns.size(); ++i) {
                const auto at = to.at(key.referenced[i]);
                if (!same(target.second[at], row[from.at(key.columns[i])], to.columns[at].type.nocase)) return false;
            }
            return true;
        });
    }
    NaiveModel model() const { return {company_.store, *rule_, deletes_, company_.as_of, flaw_}; }
    void differ(const std::string& what) {
        if (difference_.empty()) difference_ = what;
    }
    std::uint64_t roll(std::uint64_t sides) {
        dice_ ^= dice_ << 13;
        dice_ ^= dice_ >> 7;
        dice_ ^= dice_ << 17;
        return dice_ % sides;
    }

    void compare_survey(const std::string& when) {
        const Survey answer = session_->survey(*plan_), wanted = model().survey();
        if (text_of(answer) != text_of(wanted))
            differ(when + "\n  store: " + text_of(answer) + "\n  model: " + text_of(wanted));
        const auto count = session_->count(*plan_, 0);
        if (count.records != answer.records || count.due != answer.due)
            differ(when + ": count says " + std::to_string(count.records) + " records, " + std::to_string(count.due) +
                   " due");
        std::int64_t parts = answer.due + answer.retained + answer.held + answer.undated + answer.done;
        for (const auto& exempt : answer.exempt) parts += exempt.records;
        if (parts != answer.records) differ(when + ": the parts are not the whole: " + text_of(answer));
    }

    void compare_explanations() {
        const auto now = model();
        const auto members = now.members();
        for (const auto& [tag, row] : company_.store.tables.at(rule_->table).rows) {
            const auto key = now.key_of(tag);
            const bool member = std::ranges::find(members, tag) != members.end();
            const auto answer = session_->explain(*plan_, key);
            if (answer.has_value() != member) {
                differ("explain " + text_of(key) + (member ? " finds nothing" : " finds what is no record"));
                continue;
            }
            if (!member) continue;
            const Judged wanted = now.judge(tag);
            const auto told = [](Verdict verdict, const auto& of, const std::vector<RelatedCount>& related) {
                std::string text = to_string(verdict) + " trigger " + text_of(of.trigger) + " through " +
                                   text_of(of.kept_through) + (of.overdue ? " overdue" : "");
                for (const auto& reason : of.exempt) text += " unless " + reason;
                return text + text_of(related);
            };
            const auto said = told(answer->verdict, *answer, answer->related);
            const auto meant = told(wanted.verdict, wanted, now.related({tag}));
            if (said != meant) differ("explain " + text_of(key) + "\n  store: " + said + "\n  model: " + meant);
            if (answer->trigger.has_value() != !answer->trigger_source.empty())
                differ("explain " + text_of(key) + ": a trigger has a source");
        }
    }

    // On a server sometimes two that share the work, as a run has them.
    std::vector<std::unique_ptr<Walk>> begin_walks() {
        std::vector<std::unique_ptr<Walk>> walks;
        walks.push_back(session_->walk(*plan_));
        const bool shared = roll(2) == 0;
        if (!shared || connector_->most_writers() < 2 || judged_as_a_whole(*plan_)) return walks;
        if (!other_session_) other_session_ = connector_->open(Access::read_write);
        walks.push_back(other_session_->join(*plan_, *walks.front()));
        return walks;
    }

    // True where every batch was committed: then the walk did what the report said before it.
    bool walk(std::set<std::string>& seen, bool may_roll_back) {
        const auto said = model().survey();
        const auto due = model().due();
        lost_ = model().lost(due);
        keys_.clear();
        for (const auto& [tag, row] : company_.store.tables.at(rule_->table).rows)
            keys_[tag] = text_of(model().key_of(tag));
        bool all = true;
        related_.reset();
        auto walks = begin_walks();
        while (difference_.empty() && !walks.empty()) {
            const auto turn = static_cast<std::ptrdiff_t>(roll(walks.size()));
            Walk& walk = *walks[static_cast<std::size_t>(turn)];
            const auto most = 1 + roll(roll(2) ? 3 : 12);
            const Disposed batch = walk.dispose(most);
            if (batch.empty()) {
                walks.erase(walks.begin() + turn);
                continue;
            }
            const bool commits = !may_roll_back || roll(10) != 0;
            check_batch(batch, most, commits, seen);
            if (commits) {
                const auto name = "b" + std::to_string(++batches_);
                walk.commit({name, static_cast<std::int64_t>(batch.keys.size()), {}, "head"});
                add(batch.related);
            } else {
                walk.rollback();
                all = false;
            }
            compare_tables();
        }
        if (!all || !difference_.empty()) return false;
        if (related_ && text_of(*related_) != text_of(said.related))
            differ("related of all batches" + text_of(*related_) + " but the report said" + text_of(said.related));
        for (const auto& [tag, key] : keys_)
            if (due.contains(tag) && !seen.contains(key)) differ("due but not disposed of: " + key);
        return true;
    }

    void add(const std::vector<RelatedCount>& more) {
        if (!related_)
            related_ = more;
        else
            for (std::size_t i = 0; i < more.size(); ++i) related_->at(i).records += more[i].records;
    }

    void check_batch(const Disposed& batch, std::size_t most, bool commits, std::set<std::string>& seen) {
        const auto now = model();
        const auto due = now.due();
        std::set<std::int64_t> records;
        for (const auto& key : batch.keys) {
            const auto text = text_of(key);
            const auto found = std::ranges::find_if(keys_, [&](const auto& entry) { return entry.second == text; });
            if (found == keys_.end() || !due.contains(found->first))
                return differ("disposed of what is not due: " + text);
            if (!records.insert(found->first).second) return differ("twice in a batch: " + text);
            if (commits && !seen.insert(text).second) return differ("disposed of twice: " + text);
        }
        if (now.together(records, lost_) != records) differ("a record that goes along is not in the batch");
        if (batch.keys.size() > most) differ("more records than were asked for");
        if (const auto wanted = now.related(records, lost_); text_of(wanted) != text_of(batch.related))
            differ("a batch's related" + text_of(batch.related) + " where the model has" + text_of(wanted));
        if (!commits) return;
        masked_.clear();
        company_.store = now.after(records, masked_, lost_);
    }

    // Every cell of every row, and nothing else; masked cells by their form, which are then taken over.
    void compare_tables() {
        ModelStore found = company_.store;
        store_.read(found);
        for (const Masked& masked : masked_) {
            auto& rows = company_.store.tables.at(masked.table).rows;
            const auto& other = found.tables.at(masked.table);
            const auto there = other.rows.find(masked.tag);
            if (!rows.contains(masked.tag) || there == other.rows.end()) continue;
            if (!fits(masked, other.columns[masked.column], there->second[masked.column]))
                differ(masked.table + "." + other.columns[masked.column].name + ": " + text_of(masked.before) +
                       " became " + text_of(there->second[masked.column]));
            rows.at(masked.tag)[masked.column] = there->second[masked.column];
        }
        masked_.clear();
        for (const auto& [name, table] : company_.store.tables) {
            const auto& other = found.tables.at(name);
            for (const auto& [tag, row] : table.rows)
                if (!other.rows.contains(tag)) differ("a row of " + name + " is gone: " + std::to_string(tag));
            for (const auto& [tag, row] : other.rows)
                if (!table.rows.contains(tag))
                    differ("a row of " + name + " is still there: " + std::to_string(tag));
                else if (table.rows.at(tag) != row)
                    differ("a row of " + name + " is changed: " + std::to_string(tag));
        }
    }

    std::uint64_t dice_;
    Flaw flaw_;
    EngineStore& store_;
    RandomCompany company_;
    Configuration configuration_;
    std::unique_ptr<Connector> connector_;
    std::unique_ptr<Session> session_, other_session_;
    std::shared_ptr<Plan> plan_;
    const Rule* rule_ = nullptr;
    std::vector<const Rule*> deletes_;
    std::vector<Masked> masked_;
    NaiveModel::Lost lost_; // by the entries, over all records that the walk began with
    std::optional<std::vector<RelatedCount>> related_;
    std::map<std::int64_t, std::string> keys_;
    std::string difference_;
    std::size_t batches_ = 0;
};

struct Tally {
    std::size_t disposed = 0, companies = 0, compared = 0;
};

// The difference; empty where there is none.
std::string try_seed(std::uint64_t seed, EngineStore& store, EngineStore* other, Tally& tally) {
    Trial trial(seed, Flaw::none, store);
    std::string difference;
    if (other && trial.same_everywhere()) {
        const auto here = trial.answer(), there = Trial(seed, Flaw::none, *other).answer();
        ++tally.compared;
        if (here != there)
            difference =
                "the engines differ\n  here:   " + here + "\n  " + std::string(name_of(other->engine())) + ": " + there;
    }
    if (difference.empty()) difference = trial.run();
    tally.disposed += trial.disposed;
    tally.companies += trial.disposed > 0;
    if (difference.empty()) return {};
    return difference + "\n" + trial.toml() + (std::getenv("RETENTION_SCRIPT") ? "\n" + trial.script_text() : "");
}

void try_seeds(Engine engine, std::uint64_t usual_cases) {
    const auto seed = from_environment("RETENTION_SEED", 1), cases = from_environment("RETENTION_CASES", usual_cases);
    const auto store = make_store(engine);
    if (!store) {
        BOOST_TEST_MESSAGE("skipped: " << missing(engine));
        return;
    }
    BOOST_TEST_MESSAGE(name_of(engine) << " RETENTION_SEED=" << seed << " RETENTION_CASES=" << cases);
    const auto other = engine == Engine::sqlite ? nullptr : make_store(Engine::sqlite);
    std::size_t failed = 0;
    Tally tally;

    for (std::uint64_t i = seed; i < seed + cases; ++i) {
        std::string difference;
        try {
            difference = try_seed(i, *store, other.get(), tally);
        } catch (const std::exception& error) {
            difference = std::string("exception: ") + error.what();
        }
        if (!difference.empty() && ++failed <= 10) BOOST_ERROR(name_of(engine) << " seed " << i << ": " << difference);
    }

    BOOST_TEST_MESSAGE(tally.disposed << " records disposed of in " << tally.companies << " of " << cases
                                      << " companies; " << tally.compared << " reports compared with SQLite's");
    BOOST_TEST(failed == 0u);
    if (cases < 20) return;
    BOOST_TEST(tally.disposed > cases); // it did something
    if (other) BOOST_TEST(tally.compared > cases / 2);
}

bool finds(Flaw flaw, EngineStore& store, std::uint64_t seeds) {
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
        if (!Trial(seed, flaw, store).run().empty()) return true;
    return false;
}

} // namespace

BOOST_AUTO_TEST_SUITE(model)

BOOST_AUTO_TEST_CASE(sqlite_answers_as_the_model_does) {
    try_seeds(Engine::sqlite, 500);
}

BOOST_AUTO_TEST_CASE(postgresql_answers_as_the_model_and_sqlite_do) {
    try_seeds(Engine::postgresql, 25);
}

BOOST_AUTO_TEST_CASE(mariadb_answers_as_the_model_and_sqlite_do) {
    try_seeds(Engine::mariadb, 25);
}

BOOST_AUTO_TEST_CASE(a_model_that_is_wrong_is_found_out) {
    const auto store = make_store(Engine::sqlite);
    for (const Flaw flaw : {Flaw::due_on_the_cutoff, Flaw::exempt_ignored, Flaw::undated_is_old, Flaw::keeps_more_loses,
                            Flaw::fallback_always, Flaw::zone_ignored})
        BOOST_TEST(finds(flaw, *store, 300), "flaw " << static_cast<int>(flaw));
}

BOOST_AUTO_TEST_CASE(a_model_that_is_wrong_is_found_out_by_servers) {
    for (const Engine engine : {Engine::postgresql, Engine::mariadb}) {
        const auto store = make_store(engine);
        if (!store) {
            BOOST_TEST_MESSAGE("skipped: " << missing(engine));
            continue;
        }
        for (const Flaw flaw : {Flaw::due_on_the_cutoff, Flaw::undated_is_old, Flaw::zone_ignored})
            BOOST_TEST(finds(flaw, *store, 60), name_of(engine) << " flaw " << static_cast<int>(flaw));
    }
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
