#include "daemon/secret.hpp"

#include "daemon/configured.hpp"

#include <boost/test/unit_test.hpp>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <sys/stat.h>
#include <unistd.h>

using namespace retention;

namespace {

using Kind = Secret::Kind;

// A folder that goes when the test ends.
struct Folder {
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "secret_test.XXXXXX").string();
        BOOST_REQUIRE(mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path, ignored);
    }
    Secret file(const std::string& content) const {
        std::ofstream(path / "file", std::ios::binary) << content;
        return {Kind::file, (path / "file").string()};
    }
    std::string read(const std::string& content) const { return read_secret(file(content), {}); }

    std::filesystem::path path;
};

std::string failure(const Secret& secret, const std::filesystem::path& credentials) {
    try {
        return "read: " + read_secret(secret, credentials);
    } catch (const std::runtime_error& error) {
        return error.what();
    }
}

bool contains(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

} // namespace

BOOST_FIXTURE_TEST_SUITE(secret, Folder)

BOOST_AUTO_TEST_CASE(reads_each_place) {
    const auto in_file = file("hunter2\n");
    ::setenv("RETENTION_SECRET_TEST", "hunter3", 1);

    BOOST_TEST(read_secret(in_file, {}) == "hunter2");
    BOOST_TEST(read_secret({Kind::credential, "file"}, path) == "hunter2");
    BOOST_TEST(read_secret({Kind::environment, "RETENTION_SECRET_TEST"}, {}) == "hunter3");
    ::unsetenv("RETENTION_SECRET_TEST");
}

BOOST_AUTO_TEST_CASE(takes_one_line_end_off_and_nothing_else) {
    BOOST_TEST(read("hunter2") == "hunter2");
    BOOST_TEST(read("hunter2\r\n") == "hunter2");
    BOOST_TEST(read("hunter2\n\n") == "hunter2\n");
    BOOST_TEST(read(" hunter 2 \n") == " hunter 2 ");
    BOOST_TEST(read("hunter2\r") == "hunter2\r");
}

BOOST_AUTO_TEST_CASE(reads_it_anew_each_time) {
    const auto in_file = file("old\n");
    BOOST_TEST(read_secret(in_file, {}) == "old");

    file("new\n");

    BOOST_TEST(read_secret(in_file, {}) == "new");
}

BOOST_AUTO_TEST_CASE(refuses_what_is_no_secret_and_never_repeats_it) {
    const std::vector<std::pair<std::string, std::string>> bad{
        {"", "is empty"},
        {"\n", "is empty"},
        {"\r\n", "is empty"},
        {std::string("hunter2\0x", 9), "a NUL byte"},
        {"hunter2" + std::string(64 * 1024, 'x'), "longer than 64 KiB"},
        {"hunter2" + std::string(1 << 20, 'x'), "longer than 64 KiB"}};

    for (const auto& [content, what] : bad) {
        const auto why = failure(file(content), {});

        BOOST_TEST_CONTEXT(why.substr(0, 300)) {
            BOOST_TEST(contains(why, what));
            BOOST_TEST(contains(why, (path / "file").string()));
            BOOST_TEST(contains(why, "\nhint: "));
            BOOST_TEST(!contains(why, "hunter2"));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_file_that_others_may_read_is_told_of_unless_systemd_gave_it) {
    const auto name = file("hunter2\n").name;
    BOOST_REQUIRE(::chmod(name.c_str(), 0644) == 0);

    const auto open = open_to_others(name, {});

    BOOST_REQUIRE(open.has_value());
    BOOST_TEST(contains(open->what, name + " (mode 0644)"));
    BOOST_TEST(open->hint.starts_with("chmod 600 " + name));
    BOOST_TEST(!open_to_others(name, path));                    // LoadCredential's folder
    BOOST_TEST(open_to_others(name, path / "fil").has_value()); // the same letters, another folder
    BOOST_REQUIRE(::chmod(name.c_str(), 0600) == 0);
    BOOST_TEST(!open_to_others(name, {}));
    BOOST_TEST(!open_to_others(path / "gone", {}));
}

BOOST_AUTO_TEST_CASE(a_file_that_root_shares_with_a_group_is_meant_so) {
    const auto name = file("hunter2\n").name;
    if (::chown(name.c_str(), 0, 12345) != 0) {
        BOOST_TEST_MESSAGE("skipped: only root can give a file away");
        return;
    }

    for (const auto& [mode, told] : std::vector<std::pair<mode_t, bool>>{{0640, false}, {0660, true}, {0644, true}}) {
        BOOST_REQUIRE(::chmod(name.c_str(), mode) == 0);
        BOOST_TEST(open_to_others(name, {}).has_value() == told);
    }
}

BOOST_AUTO_TEST_CASE(takes_64_kib_and_no_byte_more) {
    const std::string most(64 * 1024, 'x');

    BOOST_TEST((read(most) == most));
    BOOST_TEST((read(most + "\r\n") == most));
    BOOST_TEST(contains(failure(file(most + "x"), {}), "longer than 64 KiB"));
    BOOST_TEST(contains(failure(file(most + "x\r\n"), {}), "longer than 64 KiB"));
}

BOOST_AUTO_TEST_CASE(a_missing_secret_says_where_it_was_sought) {
    BOOST_TEST(contains(failure({Kind::file, (path / "gone").string()}, {}), (path / "gone").string()));
    BOOST_TEST(contains(failure({Kind::credential, "gone"}, path), (path / "gone").string()));
    BOOST_TEST(contains(failure({Kind::credential, "gone"}, path), "/etc/retentiond/credentials/gone"));
    BOOST_TEST(contains(failure({Kind::credential, "crm.password"}, {}), "CREDENTIALS_DIRECTORY is not set"));
    BOOST_TEST(contains(failure({Kind::credential, "crm.password"}, {}), "root reads /etc/retentiond/credentials"));
    BOOST_TEST(contains(failure({Kind::environment, "RETENTION_SECRET_GONE"}, {}), "RETENTION_SECRET_GONE"));
}

// The unit loads a folder; systemd puts the word of its LoadCredential= line before the names of the files in it.
BOOST_AUTO_TEST_CASE(a_credential_is_found_under_the_name_that_systemd_gives_it) {
    std::ofstream(path / "retentiond_crm.password") << "hunter2\n";
    BOOST_TEST(read_secret({Kind::credential, "crm.password"}, path) == "hunter2");

    std::ofstream(path / "crm.password") << "hunter3\n"; // a line of its own in a drop-in: it was meant

    BOOST_TEST(read_secret({Kind::credential, "crm.password"}, path) == "hunter3");
    BOOST_TEST(contains(failure({Kind::credential, "password"}, path), "cannot be opened"));
}

BOOST_AUTO_TEST_CASE(an_empty_variable_is_no_secret) {
    ::setenv("RETENTION_SECRET_TEST", "", 1);

    BOOST_TEST(contains(failure({Kind::environment, "RETENTION_SECRET_TEST"}, {}), "is empty"));
    ::unsetenv("RETENTION_SECRET_TEST");
}

BOOST_AUTO_TEST_CASE(a_pipe_or_a_folder_blocks_nothing) {
    const auto pipe = path / "pipe";
    BOOST_REQUIRE(::mkfifo(pipe.c_str(), 0600) == 0);

    BOOST_TEST(contains(failure({Kind::file, pipe.string()}, {}), "no regular file"));
    BOOST_TEST(contains(failure({Kind::file, path.string()}, {}), "no regular file"));
}

BOOST_AUTO_TEST_CASE(a_loaded_store_knows_how_its_secret_is_read) {
    file("hunter2\n");
    std::ofstream(path / "main.toml") << "timezone = \"UTC\"\n[stores.crm]\nurl = \"postgresql:///crm\"\n"
                                         "password = { credential = \"file\" }\n[categories.c]\nstore = \"crm\"\n"
                                         "table = \"t\"\ntrigger = \"d\"\nperiod = \"1 year\"\naction = \"delete\"\n";
    std::istringstream in;
    std::ostringstream out, err;
    Context context{in, out, err, false, {}, {}, [] { return Instant{}; }, {}};
    context.directories.credentials = path;
    Options options;
    options.config = path / "main.toml";

    const auto loaded = loaded_configuration(options, context);

    BOOST_REQUIRE(loaded.configuration.has_value());
    const auto& store = loaded.configuration->stores.at("crm");
    BOOST_TEST(store.read_secret(store.password.value()) == "hunter2");
}

BOOST_AUTO_TEST_SUITE_END()
