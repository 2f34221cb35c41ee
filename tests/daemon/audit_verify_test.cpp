#include "daemon/audit_verify.hpp"

#include "daemon/audit_segments.hpp"
#include "daemon/checkpoint.hpp"
#include "tests/support/audit_folder.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>
#include <iostream>
#include <random>
#include <utility>

using namespace retention;
using namespace retention::test;

namespace {

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

// A whole log of two runs in store crm, its state and its witnesses. 14 lines: opened; started, 3 batches, finished;
// started, 1 batch, finished.
struct Fixture {
    AuditFolder folder;
    AuditEvidence evidence;

    Fixture() { write(64u << 20); }

    void write(std::uint64_t segment_bytes) {
        std::filesystem::remove_all(folder.log);
        std::filesystem::remove_all(folder.state);
        auto state = State::acquire(folder.state);
        {
            AuditLog log(folder.log, state, at(0), segment_bytes);
            auto witnesses = write_run(log, "r1", 3, 1);
            for (auto& witness : write_run(log, "r2", 1, 20)) witnesses.push_back(witness);
            evidence = {{}, false, {{"crm", true, {}, witnesses}}};
        }
        evidence.kept = kept_head(folder.state);
    }

    // Goes on with the log: in the state directory's knowledge or behind its back.
    void append(const std::vector<std::pair<std::string, boost::json::object>>& lines) {
        auto state = State::acquire(folder.state);
        {
            AuditLog log(folder.log, state, at(50));
            for (const auto& [event, members] : lines) log.append(event, members, at(60));
        }
        evidence.kept = kept_head(folder.state);
    }

    std::vector<Witness>& witnesses() { return evidence.stores.front().witnesses; }
    AuditReport verify() const { return verify_audit_log(folder.log, evidence); }
    // "3: what is wrong", or the verdict where nothing is.
    std::string said() const {
        const auto report = verify();
        BOOST_TEST((report.verdict == AuditVerdict::broken) == report.problem.has_value());
        return report.problem ? std::to_string(report.problem->place.seq) + ": " + report.problem->what
                              : to_string(report.verdict);
    }
    std::string said_of(const std::vector<std::string>& forged) const {
        folder.put_lines(forged);
        return said();
    }
    void forget_the_state() { evidence.kept.reset(); }
};

// The same after its store went: nobody can ask for its witnesses, and the configuration does not have it. 15 lines: a
// checkpoint and a refusal follow.
struct Left : Fixture {
    const AuditKey key{1, 2, 3};

    Left() {
        append_checkpoint();
        append({{"refused", {{"reason", "too much"}}}});
        evidence.stores.clear();
        evidence.configuration_read = true;
        evidence.checkpoint_key = checkpoint_key(key);
    }

    void append_checkpoint() {
        auto state = State::acquire(folder.state);
        {
            AuditLog log(folder.log, state, at(50));
            log.append_checkpoint([&](const Head& head) { return line_of_checkpoint(key, head); }, at(60));
        }
        evidence.kept = kept_head(folder.state);
    }

    // What a forger without the audit key could do.
    static std::vector<std::string> signed_anew(std::vector<std::string> lines, const AuditKey& by) {
        lines = rechained(lines);
        const auto before = boost::json::parse(lines[12]).as_object();
        const auto members = line_of_checkpoint(by, {13, text_member(before, "hash")});
        auto checkpoint = boost::json::parse(lines[13]).as_object();
        for (const auto& member : members) checkpoint[member.key()] = member.value();
        lines[13] = boost::json::serialize(checkpoint);
        return rechained(lines);
    }
    static std::vector<std::string> with_false_signature(std::vector<std::string> lines) {
        const auto digit = lines[13].find("\"signature\":\"") + 13;
        lines[13][digit] = lines[13][digit] == '0' ? '1' : '0';
        return rechained(lines);
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(audit_verify, Fixture)

BOOST_AUTO_TEST_CASE(an_untouched_log_is_whole_and_says_what_anchors_it) {
    const auto report = verify();

    BOOST_TEST((report.verdict == AuditVerdict::whole));
    BOOST_TEST(report.lines == 13u);
    BOOST_TEST(report.segments == 1u);
    BOOST_TEST(report.anchored_to == 13u);
    BOOST_TEST(report.anchors == (std::vector<std::string>{"the state directory", "4 witness rows (crm)"}),
               boost::test_tools::per_element());
    BOOST_TEST(report.notes.empty());
}

BOOST_AUTO_TEST_CASE(a_log_of_many_segments_is_whole) {
    write(700);

    const auto report = verify();

    BOOST_TEST((report.verdict == AuditVerdict::whole));
    BOOST_TEST(report.segments > 5u);
    BOOST_TEST(report.segments == segment_numbers(folder.log).size());
}

// Lines

BOOST_AUTO_TEST_CASE(every_single_changed_byte_is_found) {
    const unsigned seed = std::random_device{}();
    std::cout << "audit flip seed " << seed << '\n';
    std::mt19937 random(seed);
    const auto good = folder.text();
    std::size_t line = 1;
    for (std::size_t i = 0; i < good.size(); ++i) {
        auto bad = good;
        bad[i] = static_cast<char>(static_cast<unsigned char>(bad[i]) ^ (1u << (random() % 8)));
        folder.put(bad);

        const auto report = verify();

        BOOST_TEST_CONTEXT("byte " << i << " of seed " << seed) {
            BOOST_REQUIRE((report.verdict == AuditVerdict::broken));
            BOOST_REQUIRE_EQUAL(report.problem->place.seq, line);
        }
        if (good[i] == '\n') ++line;
    }
    std::cout << good.size() << " bytes changed, each found on its line\n";
}

BOOST_AUTO_TEST_CASE(random_bytes_put_anywhere_are_found) {
    const unsigned seed = std::random_device{}();
    std::cout << "audit noise seed " << seed << '\n';
    std::mt19937 random(seed);
    const auto good = folder.text();
    for (int round = 0; round < 1000; ++round) {
        auto bad = good;
        const auto from = random() % bad.size();
        std::string noise(random() % 40, '\0');
        for (char& c : noise) c = static_cast<char>(random() % 256);
        bad.replace(from, random() % 40, noise);
        if (bad == good) continue;
        folder.put(bad);
        BOOST_TEST_CONTEXT("round " << round << " of seed " << seed)
        BOOST_REQUIRE((verify().verdict == AuditVerdict::broken));
    }
}

BOOST_AUTO_TEST_CASE(the_first_bad_line_is_named) {
    const auto lines = folder.lines();
    auto changed = lines, missing = lines, swapped = lines, twice = lines, first = lines;
    changed[4].replace(changed[4].find("crm"), 3, "erp");
    changed[9][40] = 'x'; // a second one, later
    missing.erase(missing.begin() + 4);
    std::swap(swapped[5], swapped[6]);
    twice.insert(twice.begin() + 2, twice[2]);
    first.erase(first.begin());

    BOOST_TEST(said_of(changed) == "5: its hash is not that of its bytes");
    BOOST_TEST(said_of(missing) == "5: its seq is 6 where 5 is due");
    BOOST_TEST(said_of(swapped) == "6: its seq is 7 where 6 is due");
    BOOST_TEST(said_of(twice) == "4: its seq is 3 where 4 is due");
    BOOST_TEST(said_of(first) == "1: its seq is 2 where 1 is due");
    BOOST_TEST(said_of(lines) == "whole");
}

BOOST_AUTO_TEST_CASE(times_that_run_backwards_are_a_note_and_no_break) {
    append({});
    {
        auto state = State::acquire(folder.state);
        AuditLog log(folder.log, state, at(60));
        log.append("refused", {{"reason", "the clock"}}, at(-3600));
    }
    evidence.kept = kept_head(folder.state);

    const auto report = verify();

    BOOST_TEST((report.verdict == AuditVerdict::whole));
    BOOST_REQUIRE(report.notes.size() == 1u);
    BOOST_TEST(contains(report.notes[0], "the first is line 14"));
}

// Batches, in a log that is chained anew so that only their sense is wrong

BOOST_AUTO_TEST_CASE(outcomes_that_do_not_belong_to_an_open_intent_are_found) {
    evidence = {};
    const auto lines = folder.lines(); // 3 intent, 4 committed, 5 intent …
    auto without_intent = lines, two_outcomes = lines, two_intents = lines, other_count = lines, opened_within = lines;
    without_intent.erase(without_intent.begin() + 2);
    two_outcomes.insert(two_outcomes.begin() + 4, two_outcomes[3]);
    two_intents.insert(two_intents.begin() + 4, two_intents[2]);
    other_count[3].replace(other_count[3].find("\"records\":2"), 11, "\"records\":1");
    opened_within.insert(opened_within.begin() + 4, opened_within[0]);

    BOOST_TEST(said_of(rechained(without_intent)) == "3: batch 'r1-1' has no open intent");
    BOOST_TEST(said_of(rechained(two_outcomes)) == "5: batch 'r1-1' has no open intent");
    BOOST_TEST(said_of(rechained(two_intents)) == "5: batch r1-1 has an intent already");
    BOOST_TEST(said_of(rechained(other_count)) == "4: batch r1-1 has 1 records, its intent 2");
    BOOST_TEST(contains(said_of(rechained(opened_within)), "5: log.opened stands at the head of a segment only"));
    BOOST_TEST(said_of(rechained(lines)) == "unanchored");
}

BOOST_AUTO_TEST_CASE(an_intent_without_outcome_is_a_note_that_says_what_its_store_says) {
    append({{"batch.intent", intent("b1")}});

    BOOST_TEST(said() == "whole");
    BOOST_REQUIRE(verify().notes.size() == 1u);
    BOOST_TEST(contains(verify().notes[0], "batch b1 of line 14 has no outcome yet; its store says not committed"));

    witnesses().push_back({"b1", 2, at(60), evidence.kept->hash});
    BOOST_TEST(said() == "whole");
    BOOST_TEST(contains(verify().notes[0], "its store says committed"));
}

// The end, and everything outside

BOOST_AUTO_TEST_CASE(a_tail_cut_at_any_line_is_found_by_the_state) {
    evidence.stores.clear();
    auto lines = folder.lines();
    while (!lines.empty()) {
        lines.pop_back();
        const auto last = std::to_string(lines.size());

        BOOST_TEST(
            contains(said_of(lines), "the log was cut after line " + last + ": the state directory knows line 13"));
    }
}

BOOST_AUTO_TEST_CASE(a_tail_cut_with_a_batch_is_found_by_its_witness_when_the_state_is_gone_too) {
    forget_the_state();
    auto lines = folder.lines();
    lines.resize(10); // before the intent of r2-1

    const auto said_of_cut = said_of(lines);

    BOOST_TEST(contains(said_of_cut, "11: after line 10 the log was cut or altered: store crm witnesses batch r2-1 (2 "
                                     "records, 2026-11-21T02:30:21.000000Z), which is not in it"),
               said_of_cut);

    lines = folder.lines();
    witnesses().clear(); // the twin: without witness and state nothing is found, and nothing is called fine
    BOOST_TEST(contains(said(), "it says that batch r1-1 was committed, store crm has no witness row of it"));
    evidence.stores.clear();
    BOOST_TEST(said() == "unanchored");
}

BOOST_AUTO_TEST_CASE(a_log_that_was_written_anew_is_found_by_its_witnesses) {
    forget_the_state();
    auto lines = folder.lines();
    lines[1].replace(lines[1].find("schedule"), 8, "somebody"); // before the first intent
    auto without_a_batch = folder.lines();
    without_a_batch.erase(without_a_batch.begin() + 4, without_a_batch.begin() + 6);
    auto other_records = folder.lines();
    for (const auto i : {2u, 3u}) other_records[i].replace(other_records[i].find("\"records\":2"), 11, "\"records\":1");

    BOOST_TEST(said_of(rechained(lines)) ==
               "3: store crm witnesses batch r1-1 with another hash than the line's: the log was written anew");
    BOOST_TEST(contains(said_of(rechained(without_a_batch)), "witnesses batch r1-2"));
    BOOST_TEST(contains(said_of(rechained(other_records)), "3: store crm witnesses batch r1-1 with another hash"));
}

BOOST_AUTO_TEST_CASE(a_log_that_was_written_anew_is_found_by_the_state) {
    evidence.stores.clear();
    auto lines = folder.lines();
    lines[1].replace(lines[1].find("schedule"), 8, "somebody");

    BOOST_TEST(said_of(rechained(lines)) == "13: it is not the line that the state directory knows");
}

BOOST_AUTO_TEST_CASE(a_whole_log_that_is_gone_is_found) {
    std::filesystem::remove_all(folder.log);

    BOOST_TEST(said() == "1: the log was cut after line 0: the state directory knows line 13");
    forget_the_state();
    BOOST_TEST(contains(said(), "1: after line 0 the log was cut or altered"));
    evidence.stores.clear();
    BOOST_TEST(said() == "unanchored");
    BOOST_TEST(verify().notes.back() == "there is no line in the log");
}

BOOST_AUTO_TEST_CASE(a_commit_that_its_store_does_not_know_is_a_claim_of_what_did_not_happen) {
    witnesses().erase(witnesses().begin() + 1);

    BOOST_TEST(said() == "6: it says that batch r1-2 was committed, store crm has no witness row of it");
}

BOOST_AUTO_TEST_CASE(a_rollback_that_its_store_knows_as_committed_is_found) {
    append({{"batch.intent", intent("b1")}, {"batch.rolled_back", outcome("b1")}});
    BOOST_TEST(said() == "whole"); // the twin: without a row

    const auto hash = text_member(boost::json::parse(folder.lines()[13]).get_object(), "hash");
    witnesses().push_back({"b1", 2, at(60), hash});

    BOOST_TEST(said() == "15: store crm witnesses batch b1 as committed, the line says that it was rolled back");
}

BOOST_AUTO_TEST_CASE(a_witness_with_other_records_is_found) {
    witnesses()[2].records = 3;
    BOOST_TEST(said() == "7: store crm witnesses batch r1-3 with 3 records, the line says 2");
}

BOOST_AUTO_TEST_CASE(a_store_that_was_renamed_has_the_witnesses_of_its_old_name) {
    evidence.configuration_read = true;
    evidence.stores[0].store = "sales";

    BOOST_TEST(said() == "whole");
    BOOST_TEST(verify().notes.at(0) == "store sales has the witness rows of 4 batches of store crm: it was renamed, or "
                                       "its url is the one that crm had");
    BOOST_TEST(verify().left_stores.empty());

    witnesses()[0].head[0] ^= 1; // the twin
    BOOST_TEST(said() == "3: store sales witnesses batch r1-1 with another hash than the line's: the log was written "
                         "anew");
}

BOOST_AUTO_TEST_CASE(stores_that_swapped_their_urls_have_each_others_witnesses) {
    evidence.stores.push_back({"erp", true, {}, std::exchange(witnesses(), {})});
    BOOST_TEST(said() == "whole");

    evidence.stores[1].witnesses.erase(evidence.stores[1].witnesses.begin() + 1); // the twin: neither has it
    BOOST_TEST(said() == "6: it says that batch r1-2 was committed, store crm has no witness row of it");
}

BOOST_AUTO_TEST_CASE(without_state_the_end_is_unanchored_after_the_last_witnessed_line) {
    forget_the_state();

    const auto report = verify();

    BOOST_TEST((report.verdict == AuditVerdict::unanchored));
    BOOST_TEST(report.anchored_to == 11u); // the intent of r2-1
}

BOOST_AUTO_TEST_CASE(without_anything_outside_nothing_is_anchored) {
    evidence = {};

    const auto report = verify();

    BOOST_TEST((report.verdict == AuditVerdict::unanchored));
    BOOST_TEST(report.anchored_to == 0u);
    BOOST_TEST(report.anchors.empty());
}

BOOST_AUTO_TEST_CASE(a_state_behind_the_log_leaves_its_end_unanchored) {
    evidence.kept = Head{12, text_member(boost::json::parse(folder.lines()[11]).get_object(), "hash")};

    const auto report = verify();

    BOOST_TEST((report.verdict == AuditVerdict::unanchored));
    BOOST_TEST(report.anchored_to == 12u);
}

BOOST_AUTO_TEST_CASE(a_store_out_of_reach_that_the_log_names_leaves_it_unanchored) {
    append({{"batch.intent", intent("e1", 2, "erp")}, {"batch.committed", outcome("e1")}});
    evidence.stores.push_back({"erp", false, "no such host", {}});

    const auto report = verify();

    BOOST_TEST((report.verdict == AuditVerdict::unanchored));
    BOOST_TEST(report.anchored_to == 13u); // the line before its first batch
    BOOST_REQUIRE(report.notes.size() == 1u);
    BOOST_TEST(report.notes[0] == "store erp could not be compared: no such host");

    evidence.stores.pop_back(); // a store that is not configured any more
    BOOST_TEST(said() == "unanchored");
    BOOST_TEST(verify().notes[0] == "store erp could not be compared: it is not known here");
}

BOOST_AUTO_TEST_CASE(a_store_out_of_reach_that_the_log_does_not_name_is_a_note) {
    evidence.stores.push_back({"erp", false, "no such host", {}});

    BOOST_TEST(said() == "whole");
    BOOST_TEST(contains(verify().notes.at(0), "store erp could not be compared: no such host; the log names no batch"));
}

// Stores that are configured no more: the configuration was read, and does not have them

BOOST_FIXTURE_TEST_CASE(a_later_signed_checkpoint_confirms_the_batches_of_a_store_that_is_configured_no_more, Left) {
    const auto report = verify();

    BOOST_TEST((report.verdict == AuditVerdict::whole));
    BOOST_TEST(report.anchored_to == 15u);
    BOOST_REQUIRE(report.notes.size() == 1u);
    BOOST_TEST(report.notes[0] == "store crm is configured no more: its 4 batches are confirmed by the checkpoint of "
                                  "line 14");
}

BOOST_FIXTURE_TEST_CASE(a_checkpoint_confirms_a_left_store_only_where_configuration_and_public_key_were_read, Left) {
    const auto public_key = std::exchange(evidence.checkpoint_key, "");
    BOOST_TEST(said() == "unanchored");
    BOOST_TEST(contains(verify().notes.at(0), "checkpoints prove nothing without the audit key\nhint: "));

    evidence.checkpoint_key = public_key;
    evidence.configuration_read = false;
    BOOST_TEST(said() == "unanchored");
    BOOST_TEST(verify().notes.at(0) == "store crm could not be compared: it is not known here");

    evidence.configuration_read = true;
    BOOST_TEST(said() == "whole");
}

BOOST_FIXTURE_TEST_CASE(a_checkpoint_confirms_no_store_that_is_configured_and_out_of_reach, Left) {
    evidence.stores.push_back({"crm", false, "no such host", {}});

    const auto report = verify();

    BOOST_TEST((report.verdict == AuditVerdict::unanchored));
    BOOST_TEST(report.anchored_to == 2u);
    BOOST_TEST(report.notes.at(0) == "store crm could not be compared: no such host");
}

BOOST_FIXTURE_TEST_CASE(a_checkpoint_confirms_no_batch_after_it, Left) {
    append({{"batch.intent", intent("b1")}, {"batch.committed", outcome("b1")}});

    const auto report = verify();

    BOOST_TEST((report.verdict == AuditVerdict::unanchored));
    BOOST_TEST(report.anchored_to == 15u); // the line before that batch
    BOOST_TEST(contains(report.notes.at(0), "configured no more, and no checkpoint follows line 17\nhint: "));
    append_checkpoint();
    BOOST_TEST(said() == "whole");
    BOOST_TEST(contains(verify().notes.at(0), "its 5 batches are confirmed by the checkpoint of line 18"));
}

BOOST_FIXTURE_TEST_CASE(a_checkpoint_confirms_no_outcome_after_it, Left) {
    append({{"batch.intent", intent("b1")}});
    append_checkpoint();
    append({{"batch.committed", outcome("b1")}});

    BOOST_TEST(said() == "unanchored");
    BOOST_TEST(verify().anchored_to == 17u);

    append_checkpoint();
    BOOST_TEST(said() == "whole");
}

BOOST_FIXTURE_TEST_CASE(a_checkpoint_confirms_no_store_with_a_batch_of_which_nobody_knows_what_came, Left) {
    append({{"batch.intent", intent("b1")}});
    append_checkpoint();

    const auto report = verify();

    BOOST_TEST((report.verdict == AuditVerdict::unanchored));
    BOOST_TEST(report.anchored_to == 15u); // the line before that batch
    BOOST_TEST(contains(report.notes.at(0), "batch b1 of line 16 has no outcome\nhint: put the store back"));
}

BOOST_FIXTURE_TEST_CASE(a_log_that_was_written_anew_before_its_checkpoint_is_broken_without_state_or_store, Left) {
    forget_the_state();
    auto altered = folder.lines();
    altered[5].replace(altered[5].find("\"batch\":\"r1-2\""), 14, "\"batch\":\"r1-9\"");
    altered[4].replace(altered[4].find("\"batch\":\"r1-2\""), 14, "\"batch\":\"r1-9\"");

    BOOST_TEST(said_of(rechained(altered)) == "14: the checkpoint does not name the line before it");
    BOOST_TEST(said_of(signed_anew(altered, AuditKey{9})) ==
               "14: the checkpoint is signed with another key than the audit key's");
    BOOST_TEST(said_of(with_false_signature(signed_anew(altered, key))) ==
               "14: the signature of the checkpoint is not valid");
}

BOOST_FIXTURE_TEST_CASE(a_false_signature_is_broken, Left) {
    BOOST_TEST(said_of(with_false_signature(folder.lines())) == "14: the signature of the checkpoint is not valid");
}

BOOST_FIXTURE_TEST_CASE(what_was_written_anew_after_the_checkpoint_is_found_by_the_state_alone, Left) {
    auto altered = folder.lines();
    altered[14].replace(altered[14].find("too much"), 8, "too few!");

    BOOST_TEST(said_of(rechained(altered)) == "15: it is not the line that the state directory knows");
    forget_the_state();
    BOOST_TEST(said() == "unanchored"); // never fine
}

BOOST_FIXTURE_TEST_CASE(a_later_witness_of_another_store_confirms_a_left_store_too, Left) {
    evidence.checkpoint_key.clear();
    append({{"batch.intent", intent("e1", 2, "erp")}});
    const Witness witness{"e1", 2, at(60), evidence.kept->hash};
    append({{"batch.committed", outcome("e1")}});
    evidence.stores = {{"erp", true, {}, {witness}}};

    BOOST_TEST(said() == "whole");
    BOOST_TEST(verify().notes.at(0) ==
               "store crm is configured no more: its 4 batches are confirmed by another store's "
               "witness row of line 16");

    append({{"batch.intent", intent("b1")}, {"batch.rolled_back", outcome("b1")}}); // the twin: after that witness
    BOOST_TEST(said() == "unanchored");
    BOOST_TEST(verify().anchored_to == 17u);
}

// A torn end

BOOST_AUTO_TEST_CASE(a_torn_end_after_the_line_that_the_state_knows_is_what_the_next_start_repairs) {
    folder.put(folder.text() + "{\"seq\":14,\"ti");

    BOOST_TEST(said() == "whole");
    BOOST_TEST(verify().notes.at(0) == "13 bytes of a line without its end, cut off by a crash before it was "
                                       "acknowledged: the next start repairs that");
}

BOOST_AUTO_TEST_CASE(a_torn_end_that_nothing_confirms_is_broken) {
    folder.put(folder.text() + "{\"seq\":14,\"ti");
    forget_the_state();
    BOOST_TEST(contains(said(), "14: it is torn"));
}

BOOST_AUTO_TEST_CASE(a_tail_cut_inside_a_line_is_broken) {
    const auto good = folder.text();
    for (const std::size_t cut : {std::size_t{1}, std::size_t{2}, std::size_t{76}, std::size_t{100}}) {
        folder.put(good.substr(0, good.size() - cut));

        BOOST_TEST(said() == "13: the log was cut after line 12: the state directory knows line 13");
    }
}

// Segments

BOOST_AUTO_TEST_CASE(what_happens_to_segments_is_found) {
    write(700);
    const auto count = static_cast<unsigned>(segment_numbers(folder.log).size());
    const auto first_lines = folder.lines(1);
    const auto second = folder.text(2), last = folder.text(count);

    std::filesystem::remove(folder.segment(2));
    BOOST_TEST(said() == std::to_string(first_lines.size() + 1) + ": the segment is missing");
    folder.put("", 2);
    BOOST_TEST(contains(said(), ": the segment is empty"));
    folder.put(second.substr(0, second.size() - 1), 2);
    BOOST_TEST(contains(said(), "it has no line end, and is not the last of the log"));
    folder.put(second, 2);
    std::filesystem::remove(folder.segment(count));
    BOOST_TEST(contains(said(), "the log was cut after line"));
    folder.put(last, count);
    BOOST_TEST(said() == "whole");
    folder.put("", count + 1); // a crash came before its first line
    BOOST_TEST(said() == "whole");
}

BOOST_AUTO_TEST_CASE(a_segment_that_hides_an_open_batch_is_found) {
    write(100); // one line a segment, after its opening
    auto lines = folder.lines(4);
    const auto opening = boost::json::parse(lines.front()).get_object();
    BOOST_REQUIRE(opening.at("open").get_array().size() == 1u);
    auto forged = opening;
    for (const char* const own : {"seq", "time", "event", "prev", "hash"}) forged.erase(own);
    forged.at("open") = boost::json::array();
    const auto line = write_line(opening.at("seq").to_number<std::uint64_t>(), at(3), "log.opened", forged,
                                 text_member(opening, "prev"));

    folder.put(line.text, 4);

    BOOST_TEST(contains(said(), "it names other batches than the lines before it"));
}

// Beside a daemon at work

BOOST_AUTO_TEST_CASE(lines_of_a_writer_at_work_are_not_called_unanchored_or_false) {
    const auto known = evidence.kept;
    append({{"batch.intent", intent("b1")}, {"batch.committed", outcome("b1")}}); // after the witnesses were read
    evidence.kept = known;
    folder.put(folder.text() + "{\"seq\":16");
    BOOST_TEST(contains(said(), "15: it says that batch b1 was committed")); // the twin: nobody is writing

    evidence.being_written = true;

    BOOST_TEST(said() == "whole");
    BOOST_TEST(contains(verify().notes.at(0), "it is being written"));
}

BOOST_AUTO_TEST_CASE(a_writer_at_work_hides_no_break_before_the_line_that_the_state_knows) {
    evidence.being_written = true;
    witnesses().erase(witnesses().begin());
    BOOST_TEST(contains(said(), "4: it says that batch r1-1 was committed"));

    auto lines = folder.lines();
    lines.pop_back();
    BOOST_TEST(contains(said_of(lines), "was committed"));
    evidence.stores.clear();
    BOOST_TEST(contains(said_of(lines), "the log was cut after line 12"));
}

BOOST_AUTO_TEST_SUITE_END()
