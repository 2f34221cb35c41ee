#include "daemon/audit_key.hpp"

#include "daemon/durable_file.hpp"
#include "tests/support/audit_folder.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <sys/stat.h>

using namespace retention;
using namespace retention::test;

namespace {

using Kind = Secret::Kind;
const std::string digits = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

void write_file_with_mode(const std::filesystem::path& file, const std::string& text, mode_t mode) {
    std::ofstream(file) << text;
    BOOST_REQUIRE(::chmod(file.c_str(), mode) == 0);
}

std::string failure(const Secret& secret, const KeyPlaces& places) {
    try {
        audit_key(secret, places);
        return {};
    } catch (const AuditKeyError& error) {
        return error.what();
    }
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

struct Fixture {
    AuditFolder folder;
    KeyPlaces places{{}, folder.state, folder.log};
    Secret file{Kind::file, (folder.folder / "etc" / "audit.key").string()};

    void write_a_log() const {
        auto state = State::acquire(folder.state);
        const AuditLog log(folder.log, state, at(0));
    }
};

} // namespace

BOOST_FIXTURE_TEST_SUITE(audit_key_place, Fixture)

BOOST_AUTO_TEST_CASE(a_missing_file_is_made_at_the_first_start_for_its_owner_alone) {
    const auto first = audit_key(file, places);

    struct stat status {};
    BOOST_REQUIRE(::stat(file.name.c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 0777) == 0600u);
    BOOST_TEST(first.created);
    BOOST_TEST(first.warning.empty());
    const auto second = audit_key(file, places);
    BOOST_TEST(!second.created);
    BOOST_TEST((second.key == first.key));
}

BOOST_AUTO_TEST_CASE(two_first_starts_make_two_keys) {
    const AuditFolder other;

    const auto here = audit_key(file, places).key;
    const auto there = audit_key({Kind::file, (other.folder / "key").string()}, {{}, other.state, other.log}).key;

    BOOST_TEST((here != there));
}

BOOST_AUTO_TEST_CASE(a_log_that_has_lines_never_gets_a_new_key) {
    BOOST_REQUIRE(failure(file, places).empty()); // the twin: without lines
    std::filesystem::remove(file.name);
    write_a_log();

    const auto said = failure(file, places);

    BOOST_TEST_CONTEXT(said) {
        BOOST_TEST(contains(said, file.name + " is missing"));
        BOOST_TEST(contains(said, "hint: put the key back"));
    }
    BOOST_TEST(!std::filesystem::exists(file.name));
}

BOOST_AUTO_TEST_CASE(beside_a_log_nothing_invites_to_a_new_key) {
    const auto key = (folder.folder / "damaged.key").string();
    const Secret damaged{Kind::file, key}, variable{Kind::environment, "RETENTIOND_TEST_NO_KEY"};
    write_file_with_mode(key, "half a k", 0600);
    for (const auto& secret : {damaged, variable})
        BOOST_TEST(contains(failure(secret, places), "openssl rand -hex 32"));

    write_a_log();

    for (const auto& secret : {damaged, variable}) {
        const auto said = failure(secret, places);
        BOOST_TEST(contains(said, "\nhint: put the key back from its backup; with a new one"), said);
        BOOST_TEST(!contains(said, "openssl"), said);
    }
}

BOOST_AUTO_TEST_CASE(a_credential_is_read_from_systemd_s_directory_and_never_made_there) {
    places.credentials = folder.folder / "credentials";
    std::filesystem::create_directory(places.credentials);
    const Secret secret{Kind::credential, "audit.key"};

    BOOST_TEST(contains(failure(secret, places), "hint: put what `openssl rand -hex 32` prints into /etc/"));
    BOOST_TEST(std::filesystem::is_empty(places.credentials));

    write_file_with_mode(places.credentials / "retentiond_audit.key", std::string(64, '1') + "\n", 0400);
    BOOST_TEST((audit_key(secret, places).key == parse_audit_key(std::string(64, '1'))));
    write_file_with_mode(places.credentials / "audit.key", digits + "\n", 0440);
    BOOST_TEST((audit_key(secret, places).key == parse_audit_key(digits)));
    BOOST_TEST(audit_key(secret, places).warning.empty()); // its rights are systemd's affair
}

BOOST_AUTO_TEST_CASE(a_credential_without_systemd_is_kept_in_the_state_directory) {
    const Secret secret{Kind::credential, "audit.key"};

    const auto made = audit_key(secret, places);

    BOOST_TEST(made.created);
    BOOST_TEST(std::filesystem::exists(folder.state / "audit.key"));
    BOOST_TEST((audit_key(secret, places).key == made.key));
}

BOOST_AUTO_TEST_CASE(an_environment_variable_is_read_and_never_made) {
    const Secret secret{Kind::environment, "RETENTIOND_TEST_AUDIT_KEY"};

    BOOST_TEST(contains(failure(secret, places), "RETENTIOND_TEST_AUDIT_KEY with the audit key is not set"));

    ::setenv(secret.name.c_str(), digits.c_str(), 1);
    BOOST_TEST((audit_key(secret, places).key == parse_audit_key(digits)));
    ::unsetenv(secret.name.c_str());
}

BOOST_AUTO_TEST_CASE(a_key_that_others_may_read_is_used_with_a_warning) {
    std::filesystem::create_directory(folder.folder / "etc");
    write_file_with_mode(file.name, digits, 0600);
    BOOST_TEST(audit_key(file, places).warning.empty());

    write_file_with_mode(file.name, digits, 0640);

    BOOST_TEST(contains(audit_key(file, places).warning, "hint: chmod 600 " + file.name));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_key_is_named_and_not_quoted) {
    std::filesystem::create_directory(folder.folder / "etc");
    write_file_with_mode(file.name, "hunter2", 0600);

    const auto said = failure(file, places);

    BOOST_TEST(contains(said, file.name));
    BOOST_TEST(!contains(said, "hunter2"));
    BOOST_TEST(read_fully(file.name) == "hunter2");
}

BOOST_AUTO_TEST_CASE(an_empty_key_file_is_an_error_and_no_missing_key) {
    std::filesystem::create_directory(folder.folder / "etc");
    write_file_with_mode(file.name, "", 0600);

    BOOST_TEST(contains(failure(file, places), "0 characters"));
    BOOST_TEST(std::filesystem::file_size(file.name) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
