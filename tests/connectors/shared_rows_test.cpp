// Rows that one due record reaches by one link and another due record by another: what becomes of them is what the
// report said, on each engine, whatever fits into a batch.

#include "connectors/rivals.hpp"
#include "tests/support/hand_catalogue.hpp"
#include "tests/support/model_store.hpp"
#include "tests/support/rules_from_toml.hpp"

#include <boost/test/unit_test.hpp>

#include <algorithm>

namespace retention::test {
namespace {

// Three authors are due, the fourth is not. $author: a foreign key, or none.
std::string authors_and(const std::string& posts) {
    return "CREATE TABLE authors (id integer PRIMARY KEY, seen date);"
           "INSERT INTO authors VALUES (1, '2020-01-01'), (2, '2020-01-01'), (3, '2020-01-01'), (4, '2026-02-01');" +
           posts;
}
std::string posts_with(const std::string& key, const std::string& rows) {
    return authors_and("CREATE TABLE posts (id integer PRIMARY KEY, author integer, parent integer, " + key +
                       "FOREIGN KEY (parent) REFERENCES posts (id));"
                       "INSERT INTO posts VALUES " +
                       rows + ";");
}
constexpr const char* by_authors = R"(
[categories.records]
store = "shop"
limits = { share = "100%" }
table = "authors"
trigger = "seen"
period = "1 year"
action = "delete"
)";
// An author's posts go, replies to them stay.
const std::string posts_rule = std::string(by_authors) + R"(
[[categories.records.related]]
table = "posts"
on = "author"
action = "delete"
[[categories.records.related]]
of = "posts"
name = "replies"
table = "posts"
on = "parent"
action = "detach"
)";

std::string text_of(const std::vector<RelatedCount>& counts) {
    std::string text;
    for (const auto& count : counts)
        text += (text.empty() ? "" : ", ") + to_string(count.action) + " " + std::to_string(count.records);
    return text;
}

struct Shop {
    Shop(Engine engine, const std::string& script, const std::string& rules) : store(make_store(engine)) {
        if (!store) return;
        store->fill(script);
        configuration = rules_from_toml(rules, store->settings());
        connector = make_connector(configuration.stores.at("shop"), configuration.zone);
        session = connector->open(Access::read_write);
        plan = plan_on(*session, configuration.rules.at(0), day("2026-03-01"));
        session->prepare_witnesses();
    }

    std::string report() { return text_of(session->survey(*plan).related); }
    // Batches of `most`, at most so many; what went with them. A record that is refused is passed over.
    std::string purge(std::size_t most, std::size_t batches = 100) {
        const auto walk = session->walk(*plan);
        std::vector<RelatedCount> related;
        refused.clear();
        while (batches-- > 0) {
            Disposed batch;
            try {
                batch = walk->dispose(most);
            } catch (const StoreError& error) {
                if (error.kind != StoreError::Kind::refused) throw;
                refused.push_back(error.what());
                walk->skip();
                continue;
            }
            if (batch.empty()) break;
            if (related.empty())
                related = batch.related;
            else
                for (std::size_t i = 0; i < related.size(); ++i) related[i].records += batch.related[i].records;
            const auto name = "batch " + std::to_string(++named);
            walk->commit({name, static_cast<std::int64_t>(batch.keys.size()), {}, "head"});
        }
        return text_of(related);
    }
    std::string rows(const std::string& query) const {
        std::string text;
        for (const auto& row : store->column(query)) text += (text.empty() ? "" : " ") + row;
        return text;
    }

    std::unique_ptr<EngineStore> store;
    Configuration configuration;
    std::unique_ptr<Connector> connector;
    std::unique_ptr<Session> session;
    std::shared_ptr<Plan> plan;
    std::vector<std::string> refused;
    std::size_t named = 0;
};

template <typename Body>
void on_each_engine(const std::string& script, const std::string& rules, const Body& body) {
    for (const Engine engine : {Engine::sqlite, Engine::postgresql, Engine::mariadb})
        for (const std::size_t most : {1U, 2U, 3U}) {
            if (!missing(engine).empty()) {
                BOOST_TEST_MESSAGE("skipped: " << missing(engine));
                break;
            }
            BOOST_TEST_CONTEXT(name_of(engine) << ", batches of " << most) {
                Shop shop(engine, script, rules);
                body(shop, most);
            }
        }
}

constexpr const char* posts_left = "SELECT id FROM posts ORDER BY id";
constexpr const char* still_replies = "SELECT id FROM posts WHERE parent IS NOT NULL ORDER BY id";

} // namespace

BOOST_AUTO_TEST_SUITE(shared_rows)

// 2, 5 and 7 are posts of authors that are due, and replies; 7 is a reply to one that stays.
BOOST_AUTO_TEST_CASE(a_row_that_the_report_says_is_kept_is_kept_whatever_fits_into_a_batch) {
    const auto script =
        posts_with("", "(1, 1, NULL), (2, 2, 1), (3, 4, 1), (4, 3, NULL), (5, 1, 4), (6, 2, NULL), (7, 3, 2)");
    on_each_engine(script, posts_rule, [](Shop& shop, std::size_t most) {
        BOOST_TEST(shop.report() == "delete 3, detach 3");

        BOOST_TEST(shop.purge(most) == "delete 3, detach 3");

        BOOST_TEST(shop.rows(posts_left) == "2 3 5 7");
        BOOST_TEST(shop.rows(still_replies) == "7");
        BOOST_TEST(shop.rows("SELECT id FROM authors") == "4");
        BOOST_TEST(shop.refused.empty());
    });
}

BOOST_AUTO_TEST_CASE(a_run_that_is_cut_short_goes_on_as_a_report_of_that_moment_says) {
    on_each_engine(posts_with("", "(1, 1, NULL), (3, 3, NULL), (2, 2, 3), (4, 3, 1)"), posts_rule,
                   [](Shop& shop, std::size_t most) {
                       BOOST_TEST(shop.report() == "delete 2, detach 2");
                       const std::string before = shop.purge(1, 1);
                       BOOST_TEST(before == "delete 1, detach 1"); // author 1
                       BOOST_TEST(shop.report() == "delete 2, detach 1");

                       BOOST_TEST(shop.purge(most) == "delete 2, detach 1");

                       BOOST_TEST(shop.rows(posts_left) == "2");
                       BOOST_TEST(shop.rows(still_replies).empty());
                   });
}

BOOST_AUTO_TEST_CASE(another_walk_has_no_share_in_what_is_judged_as_a_whole) {
    on_each_engine(posts_with("", "(1, 1, NULL), (2, 2, 1)"), posts_rule, [](Shop& shop, std::size_t most) {
        if (shop.connector->most_writers() < 2) return;
        const auto other = shop.connector->open(Access::read_write);
        const auto walk = shop.session->walk(*shop.plan);
        BOOST_TEST(judged_as_a_whole(*shop.plan));
        BOOST_TEST(other->join(*shop.plan, *walk)->dispose(most).empty());
    });
}

// Post 2 stays, and its author with it: the foreign key refuses to lose him. In the next run nothing keeps it any more.
BOOST_AUTO_TEST_CASE(a_record_to_which_a_kept_row_is_tied_is_passed_over_and_the_row_stays) {
    const auto script = posts_with("FOREIGN KEY (author) REFERENCES authors (id), ",
                                   "(1, 1, NULL), (2, 2, 1), (3, 4, 1), (6, 3, NULL)");
    on_each_engine(script, posts_rule, [](Shop& shop, std::size_t) {
        BOOST_TEST(shop.report() == "delete 2, detach 2");

        BOOST_TEST(shop.purge(1) == "delete 2, detach 2");

        BOOST_TEST(shop.rows(posts_left) == "2 3");
        BOOST_TEST(shop.rows(still_replies).empty());
        BOOST_TEST(shop.rows("SELECT id FROM authors ORDER BY id") == "2 4");
        BOOST_TEST(shop.refused.size() == 1U);

        BOOST_TEST(shop.report() == "delete 1, detach 0");
        BOOST_TEST(shop.purge(1) == "delete 1, detach 0");
        BOOST_TEST(shop.rows(posts_left) == "3");
        BOOST_TEST(shop.refused.empty());
    });
}

// Post 2 is reached by two deletes, of different authors, and kept as a reply to post 1.
BOOST_AUTO_TEST_CASE(a_row_that_two_deletes_reach_is_kept_from_both) {
    const auto script =
        authors_and("CREATE TABLE posts (id integer PRIMARY KEY, author integer, editor integer, parent integer);"
                    "INSERT INTO posts VALUES (1, 3, 4, NULL), (2, 1, 2, 1), (4, 1, 2, NULL);");
    std::string rule = posts_rule;
    rule.insert(rule.find("[[categories.records.related]]\nof"),
                "[[categories.records.related]]\ntable = \"posts\"\non = \"editor\"\naction = \"delete\"\n");
    on_each_engine(script, rule, [](Shop& shop, std::size_t most) {
        BOOST_TEST(shop.report() == "delete 2, detach 1");

        BOOST_TEST(shop.purge(most) == "delete 2, detach 1");

        BOOST_TEST(shop.rows(posts_left) == "2");
    });
}

// 2 answers 1, and 3 answers 2: each goes by its author, and 4 as an answer to 3.
BOOST_AUTO_TEST_CASE(rows_go_though_another_delete_reaches_them_from_rows_that_go) {
    const auto script = posts_with("", "(1, 1, NULL), (2, 2, 1), (3, 1, 2), (4, 4, 3), (6, 4, NULL)");
    std::string rule = posts_rule;
    rule.replace(rule.find("detach"), 6, "delete");
    on_each_engine(script, rule, [](Shop& shop, std::size_t most) {
        BOOST_TEST(shop.report() == "delete 4");
        if (most < 3) return; // the key of a post that goes later refuses some records, which are passed over

        BOOST_TEST(shop.purge(most) == "delete 4");

        BOOST_TEST(shop.rows(posts_left) == "6");
    });
}

// Each link that is given up counts: job 1 has one author twice, job 2 two that are due, job 3 one that is not.
BOOST_AUTO_TEST_CASE(a_row_gives_up_every_link_that_is_detached) {
    const auto script =
        authors_and("CREATE TABLE jobs (id integer PRIMARY KEY, wanted_by integer, done_by integer,"
                    "FOREIGN KEY (wanted_by) REFERENCES authors (id), FOREIGN KEY (done_by) REFERENCES authors (id));"
                    "INSERT INTO jobs VALUES (1, 1, 1), (2, 2, 3), (3, 4, 1);");
    const std::string rule = std::string(by_authors) + R"(
[[categories.records.related]]
table = "jobs"
on = "wanted_by"
action = "detach"
[[categories.records.related]]
table = "jobs"
on = "done_by"
action = "detach"
)";
    on_each_engine(script, rule, [](Shop& shop, std::size_t most) {
        BOOST_TEST(!judged_as_a_whole(*shop.plan));
        BOOST_TEST(shop.report() == "detach 5");

        BOOST_TEST(shop.purge(most) == "detach 5");

        BOOST_TEST(shop.rows("SELECT id FROM authors") == "4");
        BOOST_TEST(shop.rows("SELECT wanted_by FROM jobs WHERE wanted_by IS NOT NULL OR done_by IS NOT NULL") == "4");
        BOOST_TEST(shop.refused.empty());
    });
}

// Which rules pay for it.
BOOST_AUTO_TEST_CASE(only_entries_that_can_take_a_row_from_each_other_across_records_share_rows) {
    const std::vector<HandTable> tables = {
        HandTable("people").integer("id").integer("town").date("seen").key({"id"}),
        HandTable("notes").integer("id").integer("person").integer("author").integer("town").text("body").key({"id"}),
        HandTable("files").integer("id").integer("note").key({"id"})};
    const auto rule = [&](Action first) {
        return HandRule(hand_catalogue(tables), "people").trigger("seen").erase().related("notes", {"person"}, first);
    };
    const auto shares = [](const HandRule& made) { return shares_rows(*made.plan()); };

    BOOST_TEST(!shares(rule(Action::erase)));
    BOOST_TEST(shares(rule(Action::erase).related("notes", {"author"}, Action::detach)));
    BOOST_TEST(shares(rule(Action::erase).related("notes", {"author"}, Action::keep)));
    BOOST_TEST(!shares(rule(Action::erase).related("notes", {"author"}, Action::erase)));
    BOOST_TEST(!shares(rule(Action::detach).related("notes", {"author"}, Action::detach)));
    BOOST_TEST(!shares(rule(Action::detach).where("body = 'x'").related("notes", {"person"}, Action::erase)));
    BOOST_TEST(!shares(rule(Action::detach).sql("notes.id > people.id").related("notes", {"person"}, Action::erase)));
    // Several people of one town, and the condition looks at them: not the same entry for each.
    const auto in_town = [&](const HandRule& first) {
        return HandRule(first).related("notes", {"town"}, Action::erase).via({"town"});
    };
    const HandRule people(hand_catalogue(tables), "people");
    const auto by_town =
        HandRule(people).trigger("seen").erase().related("notes", {"town"}, Action::detach).via({"town"});
    BOOST_TEST(!shares(in_town(HandRule(by_town).where("body = 'x'"))));
    BOOST_TEST(shares(in_town(HandRule(by_town).sql("notes.id > people.id"))));
    // Files of the notes that one of two deletes takes.
    BOOST_TEST(!shares(rule(Action::erase)
                           .related("notes", {"author"}, Action::erase)
                           .related("files", {"note"}, Action::detach)
                           .of("notes")));
    BOOST_TEST(shares(rule(Action::erase)
                          .related("notes", {"author"}, Action::erase)
                          .named("written")
                          .related("files", {"note"}, Action::detach)
                          .of("written")));
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention::test
