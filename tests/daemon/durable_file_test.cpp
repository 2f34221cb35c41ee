// Whose the files are that root makes where a service has a user of its own.

#include "daemon/durable_file.hpp"

#include "daemon/audit_segments.hpp"
#include "daemon/state.hpp"
#include "tests/daemon/command_bench.hpp"
#include "tests/support/audit_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <sys/stat.h>
#include <unistd.h>

using namespace retention;
using namespace retention::test;
namespace fs = std::filesystem;

namespace {

constexpr uid_t its_user = 65534;
constexpr gid_t its_group = 65533;

bool nobody_can_be_given_anything() {
    if (::geteuid() == 0) return false;
    BOOST_TEST_MESSAGE("SKIPPED: only root makes files in another user's folder and can give them away");
    return true;
}

fs::path folder_of_the_service(const fs::path& path) {
    fs::create_directory(path);
    BOOST_REQUIRE(::chown(path.c_str(), its_user, its_group) == 0);
    return path;
}

std::string owner_of(const fs::path& path) {
    struct stat found {};
    BOOST_REQUIRE(::lstat(path.c_str(), &found) == 0);
    return std::to_string(found.st_uid) + ":" + std::to_string(found.st_gid);
}

// "" where all that is in there is the service's.
std::string not_its_own(const fs::path& folder) {
    std::string others;
    for (const auto& entry : fs::recursive_directory_iterator(folder))
        if (owner_of(entry.path()) != "65534:65533") others += entry.path().filename().string() + " ";
    return others;
}

} // namespace

BOOST_AUTO_TEST_SUITE(durable_file)

BOOST_AUTO_TEST_CASE(a_purge_by_root_leaves_the_service_files_of_its_own) {
    if (nobody_can_be_given_anything()) return;
    Bench bench;
    auto text = bench.read("retentiond.toml");
    text.replace(text.find("\"audit.key\""), 11, "\"state/audit.key\"");
    bench.write("retentiond.toml", text);
    const auto state = folder_of_the_service(bench.file("state")), log = folder_of_the_service(bench.file("audit"));

    BOOST_TEST(number(bench({"purge", "logs", "--local", "--yes"})) == 0, bench.err);
    fs::remove(state / "history.db"); // an operator goes on without it
    BOOST_TEST(number(bench({"purge", "contacts", "--local", "--yes"})) == 0, bench.err);

    for (const auto* made : {"audit.key", "head", "history", "history.db", "lock"})
        BOOST_TEST(fs::exists(state / made), made);
    BOOST_TEST(fs::exists(log / "audit-000001.jsonl"));
    BOOST_TEST(fs::exists(log / ".reserve"));
    BOOST_TEST(not_its_own(state) == "");
    BOOST_TEST(not_its_own(log) == "");
}

BOOST_AUTO_TEST_CASE(a_folder_that_is_made_in_one_of_the_service_is_its_own) {
    if (nobody_can_be_given_anything()) return;
    const AuditFolder place;
    const auto folder = folder_of_the_service(place.folder / "lib");

    ensure_directory(folder / "audit", 0700);
    create_durably(folder / "audit/key", "one", 0600);

    BOOST_TEST(not_its_own(folder) == "");
}

BOOST_AUTO_TEST_CASE(what_is_the_writer_s_or_in_a_folder_of_root_stays_so) {
    if (nobody_can_be_given_anything()) return;
    const AuditFolder place;
    const auto folder = folder_of_the_service(place.folder / "home");

    replace_durably(folder / "report", "text", 0640, Owner::writer);
    replace_durably(place.folder / "head", "text", 0640);

    BOOST_TEST(owner_of(folder / "report").starts_with("0:"));
    BOOST_TEST(owner_of(place.folder / "head").starts_with("0:"));
}

// Whoever owns the folder could else have any file of root's given to them.
BOOST_AUTO_TEST_CASE(a_file_of_root_that_is_linked_there_is_not_given_away) {
    if (nobody_can_be_given_anything()) return;
    const AuditFolder place;
    const auto folder = folder_of_the_service(place.folder / "lib");
    create_durably(place.folder / "secret", "", 0600);
    fs::create_hard_link(place.folder / "secret", folder / "lock");

    const State state = State::acquire(folder);

    BOOST_TEST(owner_of(place.folder / "secret").starts_with("0:"));
}

// A lock that an earlier version left to root.
BOOST_AUTO_TEST_CASE(a_lock_of_root_is_given_back) {
    if (nobody_can_be_given_anything()) return;
    const AuditFolder place;
    const auto folder = folder_of_the_service(place.folder / "lib");
    create_durably(place.folder / "lock", "", 0600);
    fs::rename(place.folder / "lock", folder / "lock");

    const State state = State::acquire(folder);

    BOOST_TEST(not_its_own(folder) == "");
}

BOOST_AUTO_TEST_CASE(the_service_that_may_not_open_what_root_wrote_is_told_why) {
    if (nobody_can_be_given_anything()) return;
    const AuditFolder place;
    fs::permissions(place.folder, fs::perms{0755});
    const auto folder = folder_of_the_service(place.folder / "lib");
    for (const auto* name : {"head", "lock", "audit-000001.jsonl"})
        replace_durably(folder / name, "text", 0600, Owner::writer);
    std::vector<std::string> said;
    const auto keep = [&](const auto& work) {
        try {
            work();
            said.emplace_back();
        } catch (const std::exception& error) {
            said.emplace_back(error.what());
        }
    };

    BOOST_REQUIRE(::seteuid(its_user) == 0);
    keep([&] { kept_head(folder); });
    keep([&] { State::acquire(folder); });
    keep([&] { SegmentLines(folder / "audit-000001.jsonl"); });
    BOOST_REQUIRE(::seteuid(0) == 0);

    for (const auto& text : said)
        BOOST_TEST(contains(text, "\nhint: root wrote it in the folder of this one; as root: chown --reference=" +
                                      folder.string() + " " + folder.string() + "/"),
                   text);
    BOOST_TEST(contains(said[0], "cannot open " + folder.string() + "/head: Permission denied\n"), said[0]);
}

BOOST_AUTO_TEST_SUITE_END()
