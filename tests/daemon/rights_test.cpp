// Who may do what: every user of a small house against every verb, and what is said in doubt.

#include "daemon/control_people.hpp"
#include "daemon/rights.hpp"

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <fcntl.h>
#include <grp.h>
#include <map>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/socket.h>
#include <unistd.h>

using namespace retention;

namespace {

constexpr std::array verbs{Verb::status, Verb::report,  Verb::explain, Verb::runs, Verb::purge,
                           Verb::cancel, Verb::approve, Verb::hold,    Verb::erase};

// A house whose people come and go.
class House : public UserDatabase {
public:
    std::map<std::string, uid_t> users;
    std::map<std::string, gid_t> groups;
    std::map<uid_t, std::vector<gid_t>> members;
    bool broken = false;
    mutable int asked_for_groups = 0;

    std::optional<uid_t> uid_of(const std::string& user) const override {
        const auto found = users.find(user);
        return broken || found == users.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<gid_t> gid_of(const std::string& group) const override {
        const auto found = groups.find(group);
        return broken || found == groups.end() ? std::nullopt : std::optional(found->second);
    }
    std::optional<std::vector<gid_t>> groups_of(const Peer& peer) const override {
        ++asked_for_groups;
        const auto found = members.find(peer.uid);
        if (broken || found == members.end()) return {};
        auto all = found->second;
        all.push_back(peer.gid);
        return all;
    }
};

House house() {
    House made;
    made.users = {{"root", 0},    {"olga", 1000}, {"gil", 1001},  {"pia", 1002},
                  {"vera", 1003}, {"both", 1004}, {"otto", 1005}, {"nobody", 65534}};
    made.groups = {{"root", 0}, {"retention", 2000}, {"staff", 2001}, {"users", 100}, {"nogroup", 65534}};
    made.members = {{0, {0}},       {1000, {100}},       {1001, {100, 2000}},
                    {1002, {2000}}, {1003, {100, 2001}}, {1004, {100, 2000, 2001}},
                    {1005, {100}},  {65534, {65534}}};
    return made;
}

const ControlRights usual{{"olga", "@retention"}, {"@staff"}};

enum class May { everything, view, nothing };

bool may(const ControlRights& rights, const Peer& peer, Verb verb, const UserDatabase& users) {
    return refusal(rights, peer, verb, users).empty();
}

void judge(const ControlRights& rights, const Peer& peer, May expected, const UserDatabase& users) {
    for (const Verb verb : verbs) BOOST_TEST_CONTEXT(to_string(verb)) {
            const bool right = expected == May::everything || (expected == May::view && is_for_viewers(verb));
            BOOST_TEST(may(rights, peer, verb, users) == right);
        }
}

struct Row {
    const char* name;
    Peer peer;
    May may;
};

} // namespace

BOOST_AUTO_TEST_SUITE(rights)

BOOST_AUTO_TEST_CASE(every_user_has_exactly_the_verbs_of_the_list) {
    const House users = house();
    const std::vector<Row> rows{
        {"an operator by name", {1000, 100}, May::everything},
        {"an operator by group", {1001, 100}, May::everything},
        {"an operator by primary group", {1002, 2000}, May::everything},
        {"a viewer", {1003, 100}, May::view},
        {"operator and viewer", {1004, 100}, May::everything},
        {"neither", {1005, 100}, May::nothing},
        {"with the group of the credentials alone (newgrp)", {1005, 2000}, May::everything},
        {"a viewer by the group of the credentials", {1005, 2001}, May::view},
        {"root, who is not listed", {0, 0}, May::nothing},
        {"an unknown number", {4242, 100}, May::nothing},
        {"an unknown number in an operator's group", {4242, 2000}, May::nothing},
        {"nobody", {65534, 65534}, May::nothing},
        {"someone of another namespace in an operator's group", {65534, 2000}, May::nothing},
        {"whom the kernel does not know", Peer{}, May::nothing},
        {"whom the kernel does not know, with a group", {static_cast<uid_t>(-1), 2000}, May::nothing},
    };
    for (const Row& row : rows) BOOST_TEST_CONTEXT(row.name) judge(usual, row.peer, row.may, users);
}

BOOST_AUTO_TEST_CASE(root_may_where_it_is_listed_and_nowhere_else) {
    const House users = house();
    judge({{"root"}, {}}, {0, 0}, May::everything, users);
    judge({{"@root"}, {}}, {0, 0}, May::everything, users);
    judge({{"olga"}, {"root"}}, {0, 0}, May::view, users);
    judge({{"olga"}, {"@staff"}}, {0, 0}, May::nothing, users);
    judge({}, {0, 0}, May::nothing, users);
}

BOOST_AUTO_TEST_CASE(a_peer_that_nobody_filled_in_is_not_root) {
    const House users = house();
    const ControlRights root_alone{{"root", "@root"}, {"root", "@root"}};

    judge(root_alone, Peer{}, May::nothing, users);

    // The twin: with zeros for what is not known, it would be.
    struct ZeroPeer {
        uid_t uid{};
        gid_t gid{};
    };
    const ZeroPeer twin;
    judge(root_alone, {twin.uid, twin.gid}, May::everything, users);
}

BOOST_AUTO_TEST_CASE(nobody_is_not_let_in_by_that_name) {
    const House users = house();
    judge({{"nobody", "@nogroup"}, {"nobody"}}, {65534, 65534}, May::nothing, users);
    judge({{"@nogroup"}, {"@nogroup"}}, {1005, 65534}, May::nothing, users);
}

BOOST_AUTO_TEST_CASE(a_database_of_users_that_answers_minus_one_names_nobody) {
    House users = house();
    users.users["ghost"] = static_cast<uid_t>(-1);
    users.groups["ghosts"] = static_cast<gid_t>(-1);
    users.members[static_cast<uid_t>(-1)] = {static_cast<gid_t>(-1)};
    users.members[1005].push_back(static_cast<gid_t>(-1));

    judge({{"ghost", "@ghosts"}, {"ghost"}}, Peer{}, May::nothing, users);
    judge({{"ghost", "@ghosts"}, {"ghost"}}, {1005, static_cast<gid_t>(-1)}, May::nothing, users);
}

BOOST_AUTO_TEST_CASE(names_that_do_not_exist_let_nobody_in_and_keep_nobody_out) {
    House users = house();
    const ControlRights rights{{"gone", "@gone", "@", "", "olga"}, {"@nowhere"}};

    judge(rights, {1000, 100}, May::everything, users);
    for (const uid_t uid : {0U, 1001U, 1003U, 1005U, 4242U}) judge(rights, {uid, 100}, May::nothing, users);
    judge(rights, {0, 0}, May::nothing, users);
}

BOOST_AUTO_TEST_CASE(a_group_that_is_gone_and_a_member_who_left_have_no_right_at_the_next_command) {
    House users = house();
    judge(usual, {1001, 100}, May::everything, users);
    judge(usual, {1003, 100}, May::view, users);

    users.members[1001] = {100};
    users.groups.erase("staff");

    judge(usual, {1001, 100}, May::nothing, users);
    judge(usual, {1003, 100}, May::nothing, users);
    judge(usual, {1004, 100}, May::everything, users);
}

BOOST_AUTO_TEST_CASE(groups_are_looked_up_anew_for_each_command) {
    const House users = house();
    for (int command = 1; command <= 3; ++command) {
        may(usual, {1001, 100}, Verb::purge, users);
        BOOST_TEST(users.asked_for_groups == command);
    }
}

BOOST_AUTO_TEST_CASE(a_failing_database_of_users_refuses_everyone) {
    House users = house();
    users.broken = true;
    for (const uid_t uid : {0U, 1000U, 1001U, 1002U, 1003U, 1004U, 1005U})
        judge({{"root", "olga", "@retention"}, {"@staff"}}, {uid, 2000}, May::nothing, users);
}

BOOST_AUTO_TEST_CASE(who_operates_by_name_needs_no_groups) {
    House users = house();
    users.members.clear();
    judge(usual, {1000, 100}, May::everything, users);
    judge(usual, {1001, 2000}, May::nothing, users);
}

BOOST_AUTO_TEST_CASE(a_verb_that_does_not_exist_is_nobodys) {
    const House users = house();
    BOOST_TEST(!may(usual, {1000, 100}, static_cast<Verb>(99), users));
}

BOOST_AUTO_TEST_CASE(a_refusal_says_who_and_what_and_not_who_may) {
    const auto why = refusal(usual, {1005, 100}, Verb::purge, house());

    BOOST_TEST(why.find("purge") != std::string::npos);
    BOOST_TEST(why.find("uid 1005") != std::string::npos);
    BOOST_TEST(why.find("olga") == std::string::npos);
    BOOST_TEST(why.find("retention") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_peer_of_a_unix_socket_is_who_connected) {
    int ends[2];
    BOOST_REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);

    const auto peer = peer_of(ends[0]);

    BOOST_REQUIRE(peer.has_value());
    BOOST_TEST(peer->uid == geteuid());
    BOOST_TEST(peer->gid == getegid());
    close(ends[0]);
    close(ends[1]);
    BOOST_TEST(!peer_of(ends[0]).has_value()); // closed
}

BOOST_AUTO_TEST_CASE(what_is_no_unix_socket_has_no_peer) {
    const int unconnected = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int internet = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const int file = open("/dev/null", O_RDONLY | O_CLOEXEC);
    for (const int descriptor : {unconnected, internet, file, -1}) BOOST_TEST(!peer_of(descriptor).has_value());
    for (const int descriptor : {unconnected, internet, file}) close(descriptor);
}

BOOST_AUTO_TEST_CASE(the_machines_own_users_are_found_by_their_whole_names) {
    const UserDatabase& users = system_users();

    BOOST_TEST((users.uid_of("root") == uid_t{0}));
    BOOST_TEST((users.gid_of("root") == gid_t{0}));
    for (const char* unknown : {"", "Root", "root ", "0", "no-such-user-here", "@root"}) {
        BOOST_TEST(!users.uid_of(unknown).has_value());
        BOOST_TEST(!users.gid_of(unknown).has_value());
    }
    const auto groups = users.groups_of({0, 4321});
    BOOST_REQUIRE(groups.has_value());
    BOOST_TEST((std::count(groups->begin(), groups->end(), gid_t{0}) > 0));
    BOOST_TEST((std::count(groups->begin(), groups->end(), gid_t{4321}) > 0));
    BOOST_TEST(!users.groups_of({4294000000U, 0}).has_value());
    BOOST_TEST(!users.groups_of(Peer{}).has_value());
}

BOOST_AUTO_TEST_CASE(check_warns_of_whom_the_machine_does_not_know) {
    ControlSettings control;
    control.operators = {"olga", "anna", "@retention", "@gone"};
    control.viewers = {"vera", "@nowhere"};
    control.place = {"retentiond.toml", 7, 1};

    const Problems problems = check_people(control, house());

    std::vector<std::string> said;
    for (const Problem& problem : problems) {
        BOOST_TEST((problem.severity == Severity::warning));
        BOOST_TEST(problem.place.line == 7U);
        BOOST_TEST(!problem.hint.empty());
        said.push_back(problem.what);
    }
    BOOST_TEST(said == (std::vector<std::string>{"user \"anna\" of `operators` does not exist on this machine",
                                                 "group \"@gone\" of `operators` does not exist on this machine",
                                                 "group \"@nowhere\" of `viewers` does not exist on this machine"}),
               boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(an_actor_is_a_name_and_a_number) {
    BOOST_TEST(actor({0, 0}) == "user root (uid 0)");
    BOOST_TEST(actor({4294000000U, 0}) == "user unknown (uid 4294000000)");
    BOOST_TEST(actor(Peer{}) == "user unknown (uid unknown)");
}

BOOST_AUTO_TEST_SUITE_END()
