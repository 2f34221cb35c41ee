#include "connectors/postgres_trigger.hpp"

#include "connectors/check.hpp"
#include "tests/support/hand_catalogue.hpp"

#include <boost/test/unit_test.hpp>

namespace retention {
namespace {

constexpr unsigned row = 1, before = 2, insert = 4, erase = 8, update = 16, truncate = 32, instead = 64;

HandTable contacts() {
    return HandTable("contacts").integer("id").text("email", 40).date("created_at").date("seen_at").key({"id"});
}
HandTable calls() {
    return HandTable("calls").integer("id").integer("contact_id").date("at").key({"id"});
}

PostgresTrigger trigger(unsigned type, std::string body, std::string language = "plpgsql") {
    return {"t", "f", type, std::move(language), std::move(body), "", {}};
}
std::vector<DatabaseTrigger> read(const PostgresTrigger& trigger) {
    return read_postgres_trigger(trigger, contacts().table);
}
bool ignores(unsigned type, const std::string& body) {
    const auto triggers = read(trigger(type, body));
    BOOST_REQUIRE(triggers.size() == 1U);
    return triggers.front().ignores_row;
}

// What the checks say of a rule that anonymises contacts by `created_at` and by their calls.
Problems judged(const PostgresTrigger& trigger, const std::string& accepted = "") {
    HandTable table = contacts();
    table.table.triggers = read_postgres_trigger(trigger, table.table);
    HandRule rule(hand_server({table, calls()}), "contacts");
    rule.trigger("created_at").linked("calls", {"contact_id"}, "at").mask("email", "redact");
    if (!accepted.empty()) rule.accepts({accepted});
    return check_database_triggers(*rule.plan());
}
bool moves(const Problems& problems, const std::string& date) {
    return find_problem(problems, Severity::error, {"moves '" + date + "'"}) != nullptr;
}

} // namespace

BOOST_AUTO_TEST_SUITE(postgres_trigger_suite)

BOOST_AUTO_TEST_CASE(one_for_each_event_and_none_for_truncate) {
    PostgresTrigger given = trigger(row | before | insert | erase | update | truncate, "BEGIN RETURN NEW; END");
    given.columns = {"email"};

    const auto triggers = read(given);

    BOOST_REQUIRE(triggers.size() == 3U);
    for (const DatabaseTrigger& one : triggers) {
        BOOST_TEST(one.name == "t");
        BOOST_TEST((one.timing == TriggerTiming::before));
        BOOST_TEST(one.columns.size() == (one.event == TriggerEvent::update ? 1U : 0U));
    }
    BOOST_TEST(read(trigger(truncate, "BEGIN RETURN NULL; END")).empty());
    BOOST_TEST((read(trigger(erase | row, "")).front().timing == TriggerTiming::after));
    BOOST_TEST((read(trigger(erase | row | instead, "")).front().timing == TriggerTiming::instead_of));
}

BOOST_AUTO_TEST_CASE(finds_what_may_ignore_the_row) {
    struct Row {
        const char* name;
        unsigned event;
        const char* body;
        bool ignored;
    };
    const std::vector<Row> rows = {
        {"soft delete", erase, "BEGIN UPDATE contacts SET gone = true WHERE id = OLD.id; RETURN NULL; END", true},
        {"small letters and brackets", erase, "begin return ( null ) ; end", true},
        {"null in part", erase, "BEGIN IF OLD.locked THEN RETURN NULL; END IF; RETURN OLD; END", true},
        {"null in an expression", erase, "BEGIN RETURN CASE WHEN OLD.a IS NOT NULL THEN NULL ELSE OLD END; END", true},
        {"asked for null", erase, "BEGIN RETURN CASE WHEN OLD.a IS NOT NULL THEN OLD ELSE OLD END; END", false},
        {"lets it go", erase, "BEGIN RETURN OLD; END", false},
        {"new of a deleted row", erase, "BEGIN RETURN NEW; END", true},
        {"new or old", erase, "BEGIN RETURN COALESCE(NEW, OLD); END", false},
        {"new or old of an updated row", update, "BEGIN RETURN COALESCE(NEW, OLD); END", false},
        {"old or new of an updated row", update, "BEGIN RETURN COALESCE(OLD, NEW); END", true},
        {"new or old by event", erase, "BEGIN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END", false},
        {"old of an updated row", update, "BEGIN RETURN OLD; END", true},
        {"new of an updated row", update, "BEGIN RETURN NEW; END", false},
        {"old by event", update, "BEGIN IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END", false},
        {"new of an inserted row", insert, "BEGIN RETURN NEW; END", false},
        {"in a comment", erase, "BEGIN -- RETURN NULL;\n /* RETURN /* NULL */ RETURN NULL; */ RETURN OLD; END", false},
        {"in a string", erase, "BEGIN RAISE NOTICE 'RETURN NULL;'; RETURN OLD; END", false},
        {"behind an escaped quote", erase, "BEGIN RAISE NOTICE E'it\\'s'; RETURN NULL; END -- '", true},
        {"behind a quote in dollars", erase, "BEGIN RAISE NOTICE '%', $x$it's$x$; RETURN NULL; END -- '", true},
        {"in dollars", erase, "BEGIN RAISE NOTICE '%', $x$RETURN NULL;$x$; RETURN OLD; END", false},
        {"a field of the row", erase, "BEGIN IF OLD.a IS NULL THEN RAISE 'no'; END IF; RETURN OLD; END", false},
    };
    for (const Row& given : rows) BOOST_TEST_CONTEXT(given.name) {
            BOOST_TEST(ignores(row | before | given.event, given.body) == given.ignored);
            BOOST_TEST(!ignores(row | given.event, given.body));    // AFTER: what it returns is not looked at
            BOOST_TEST(!ignores(before | given.event, given.body)); // nor for a statement
        }
}

BOOST_AUTO_TEST_CASE(finds_the_dates_that_a_body_moves) {
    struct Row {
        const char* name;
        const char* body;
        const char* date; // null: none
    };
    const std::vector<Row> rows = {
        {"assignment", "BEGIN NEW.created_at := now(); RETURN NEW; END", "contacts.created_at"},
        {"assignment by =", "BEGIN NEW.created_at = now(); RETURN NEW; END", "contacts.created_at"},
        {"in capitals", "BEGIN NEW.CREATED_AT := NOW(); RETURN NEW; END", "contacts.created_at"},
        {"linked in capitals", "BEGIN UPDATE Calls SET AT = NOW(); RETURN NEW; END", "calls.at"},
        {"another name in quotes", "BEGIN NEW.\"CREATED_AT\" := now(); RETURN NEW; END", nullptr},
        {"quoted", "BEGIN new.\"created_at\" := now(); RETURN NEW; END", "contacts.created_at"},
        {"behind a string", "BEGIN NEW.email := E'\\''; NEW.created_at := now(); RETURN NEW; END",
         "contacts.created_at"},
        {"behind a text in dollars", "BEGIN NEW.email := $$'$$; NEW.created_at := now(); RETURN NEW; END",
         "contacts.created_at"},
        {"selected into it", "BEGIN SELECT now(), 1 INTO STRICT NEW.email, NEW.created_at; RETURN NEW; END",
         "contacts.created_at"},
        {"selected into another", "BEGIN SELECT NEW.created_at INTO NEW.email; RETURN NEW; END", nullptr},
        {"the whole row", "BEGIN NEW := jsonb_populate_record(NEW, '{}'); RETURN NEW; END", "contacts.created_at"},
        {"selected into the row", "BEGIN SELECT * INTO NEW FROM other; RETURN NEW; END", "contacts.created_at"},
        {"another row", "DECLARE r contacts; BEGIN r := NEW; r.created_at := now(); RETURN r; END",
         "contacts.created_at"},
        {"another column", "BEGIN NEW.seen_at := now(); RETURN NEW; END", nullptr},
        {"in a comment", "BEGIN /* NEW.created_at := now(); */ RETURN NEW; END", nullptr},
        {"compared", "BEGIN IF NEW.created_at = now() THEN RAISE 'no'; END IF; RETURN NEW; END", nullptr},
        {"a linked date", "BEGIN UPDATE calls SET at = now() WHERE contact_id = NEW.id; RETURN NEW; END", "calls.at"},
        {"a linked row", "BEGIN INSERT INTO public.calls VALUES (1, NEW.id, now()); RETURN NEW; END", nullptr},
        {"a linked row of this schema", "BEGIN INSERT INTO main.calls VALUES (1, NEW.id); RETURN NEW; END", "calls.at"},
        {"executed", "BEGIN EXECUTE 'UPDATE calls SET at = now() WHERE x = ''a'''; RETURN NEW; END", "calls.at"},
        {"executed in dollars", "BEGIN EXECUTE $x$ UPDATE calls SET at = now() $x$; RETURN NEW; END", "calls.at"},
        {"said", "BEGIN RAISE NOTICE 'UPDATE calls SET at = now()'; RETURN NEW; END", nullptr},
    };
    for (const Row& given : rows) BOOST_TEST_CONTEXT(given.name) {
            const Problems problems = judged(trigger(row | before | update, given.body));

            if (given.date)
                BOOST_TEST(moves(problems, given.date), text_of(problems));
            else
                BOOST_TEST(find_problem(problems, Severity::error, {"moves"}) == nullptr, text_of(problems));
        }
}

BOOST_AUTO_TEST_CASE(moddatetime_moves_the_column_that_it_is_given) {
    PostgresTrigger given = trigger(row | before | update, "moddatetime", "c");

    given.arguments = "created_at\\000";
    const Problems moved = judged(given);
    given.arguments = "seen_at\\000";
    const Problems another = judged(given);

    BOOST_TEST(moves(moved, "contacts.created_at"), text_of(moved));
    BOOST_TEST(count(another, Severity::error) == 0U, text_of(another));
}

BOOST_AUTO_TEST_CASE(a_language_that_is_not_read_needs_acceptance_even_before_the_row) {
    for (const char* language : {"c", "plpython3u", "plperl"}) BOOST_TEST_CONTEXT(language) {
            const PostgresTrigger given = trigger(row | before | update, "f", language);

            const Problems unread = judged(given);
            const Problems accepted = judged(given, "t");

            BOOST_TEST(find_problem(unread, Severity::error, {"triggers = [\"t\"]"}), text_of(unread));
            BOOST_TEST(count(accepted, Severity::error) == 0U, text_of(accepted));
        }
    const Problems of_the_server = judged(trigger(row | before | update, "tsvector_update_trigger_byid", "internal"));
    BOOST_TEST(count(of_the_server, Severity::error) == 0U, text_of(of_the_server));
}

BOOST_AUTO_TEST_CASE(telling_events_apart_is_no_change_of_rows) {
    const Problems harmless = judged(
        trigger(row | before | update, "BEGIN IF TG_OP = 'UPDATE' THEN NEW.email := 'x'; END IF; RETURN NEW; END"));
    const Problems changing =
        judged(trigger(row | before | update, "BEGIN DELETE FROM mail WHERE id = NEW.id; RETURN NEW; END"));

    BOOST_TEST(count(harmless, Severity::error) == 0U, text_of(harmless));
    BOOST_TEST(find_problem(changing, Severity::error, {"accept it by name"}), text_of(changing));
}

BOOST_AUTO_TEST_CASE(code_keeps_names_and_drops_comments_and_literals) {
    struct Row {
        const char* sql;
        const char* code;
    };
    const std::vector<Row> rows = {
        {"a -- b\nc", "a  \nc"},
        {"a /* b /* c */ d */ e", "a   e"},
        {"a /* never closed", "a  "},
        {"x = 'it''s' || e", "x = '' || e"},
        {"x = E'\\'' || b", "x =  '' || b"},
        {"x = 'a\\' || b", "x = '' || b"},
        {"\"a\"\"b -- c\" d", "\"a\"\"b -- c\" d"},
        {"$a$ it's $b$ $a$ c", "'' c"},
        {"$1 + $2", "$1 + $2"},
        {"a$b$c", "a$b$c"},
        {"execute 'a ''b''' ; 'c'", "execute  a ''  ; ''"},
        {"'never closed", "''"},
        {"$$never closed", "''"},
    };
    for (const Row& given : rows) BOOST_TEST(postgres_code(given.sql) == given.code);
}

BOOST_AUTO_TEST_SUITE_END()

} // namespace retention
