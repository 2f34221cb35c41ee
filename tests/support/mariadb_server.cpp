#include "tests/support/mariadb_server.hpp"

#include "tests/support/server_folder.hpp"

#include <arpa/inet.h>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <fstream>
#include <mutex>
#include <mysql.h>
#include <netinet/in.h>
#include <pwd.h>
#include <spawn.h>
#include <stdexcept>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

extern char** environ;

namespace retention::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* owner = "mysql"; // whom the server runs as where the tests run as root

std::string program(const char* name) {
    for (const char* folder : {"/usr/sbin/", "/usr/bin/", "/usr/local/sbin/", "/usr/local/bin/"})
        if (access((std::string(folder) + name).c_str(), X_OK) == 0) return std::string(folder) + name;
    return {};
}

bool as_root() {
    return geteuid() == 0;
}

void give_to_owner(const fs::path& path) {
    if (!as_root()) return;
    const passwd* user = getpwnam(owner);
    if (!user || chown(path.c_str(), user->pw_uid, user->pw_gid) != 0)
        throw std::runtime_error("cannot give " + path.string() + " to " + owner);
}

// In a session of its own, so that an interrupt at the terminal reaches the tests alone.
pid_t spawn(std::vector<std::string> words, const fs::path& log, int standard_input = -1) {
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    if (standard_input >= 0)
        posix_spawn_file_actions_adddup2(&files, standard_input, 0);
    else
        posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    posix_spawn_file_actions_adddup2(&files, 1, 2);
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);

    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t pid = -1;
    const int code = posix_spawn(&pid, arguments[0], &files, &attributes, arguments.data(), environ);
    posix_spawnattr_destroy(&attributes);
    posix_spawn_file_actions_destroy(&files);
    if (code != 0) throw std::runtime_error("cannot start " + words.front());
    return pid;
}

std::string text_of(const fs::path& path) {
    std::ifstream file(path);
    return {std::istreambuf_iterator<char>(file), {}};
}

// One folder a test process: a data folder as mariadb-install-db leaves it, which every server copies, and the servers'
// own. A shell waits at a pipe for the process to end, however it does, then kills what still runs and removes it all.
class Home {
public:
    static Home& of_process() {
        static Home home;
        return home;
    }
    ~Home() {
        close(pipe_[1]);
        waitpid(watcher_, nullptr, 0);
    }

    fs::path new_folder() {
        const std::lock_guard lock(mutex_);
        const auto folder = folder_ / std::to_string(++servers_);
        fs::create_directory(folder);
        give_to_owner(folder);
        return folder;
    }
    const fs::path& prepared() const { return prepared_; }

private:
    Home() {
        std::string name = (server_folder() / "retentiond-mariadb-XXXXXX").string();
        if (!mkdtemp(name.data())) throw std::runtime_error("cannot make a folder like " + name);
        folder_ = name;
        chmod(name.c_str(), 0755);
        watch();
        prepare();
    }

    void watch() {
        if (pipe2(pipe_, O_CLOEXEC) != 0) throw std::runtime_error("cannot make a pipe");
        watcher_ = spawn({"/bin/sh", "-c",
                          "cat >/dev/null; for pid in \"$0\"/*/pid; do "
                          "[ -f \"$pid\" ] && kill -KILL \"$(cat \"$pid\")\"; done; "
                          "while ! rm -rf \"$0\"; do :; done",
                          folder_.string()},
                         "/dev/null", pipe_[0]);
        close(pipe_[0]);
    }

    void prepare() {
        prepared_ = folder_ / "prepared";
        fs::create_directory(prepared_);
        give_to_owner(prepared_);
        std::vector<std::string> words{program("mariadb-install-db"),
                                       "--no-defaults",
                                       "--datadir=" + prepared_.string(),
                                       "--skip-test-db",
                                       "--auth-root-authentication-method=normal",
                                       "--innodb-log-file-size=32M",
                                       "--skip-name-resolve"};
        if (as_root()) words.push_back(std::string("--user=") + owner);
        const auto log = folder_ / "install.log";
        int status = 0;
        waitpid(spawn(words, log), &status, 0);
        if (status != 0) throw std::runtime_error("mariadb-install-db failed: " + text_of(log));
    }

    std::mutex mutex_;
    fs::path folder_, prepared_;
    int pipe_[2] = {-1, -1}, servers_ = 0;
    pid_t watcher_ = -1;
};

int free_port() {
    const int socket_of = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    const bool bound = bind(socket_of, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       getsockname(socket_of, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    close(socket_of);
    if (!bound) throw std::runtime_error("no free port on 127.0.0.1");
    return ntohs(address.sin_port);
}

struct Close {
    void operator()(MYSQL* handle) const { mysql_close(handle); }
};
using Handle = std::unique_ptr<MYSQL, Close>;

[[noreturn]] void give_up(MYSQL* handle) {
    throw std::runtime_error(std::string(mysql_error(handle)) + " (" + std::to_string(mysql_errno(handle)) + ")");
}

Handle connect(const fs::path& socket, const std::string& database) {
    Handle handle(mysql_init(nullptr));
    mysql_options(handle.get(), MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (!mysql_real_connect(handle.get(), nullptr, "root", nullptr, database.empty() ? nullptr : database.c_str(), 0,
                            socket.c_str(), CLIENT_MULTI_STATEMENTS))
        give_up(handle.get());
    return handle;
}

std::string row_text(MYSQL_RES* result, MYSQL_ROW row) {
    const auto* lengths = mysql_fetch_lengths(result);
    std::string text;
    for (unsigned column = 0; column < mysql_num_fields(result); ++column) {
        if (column > 0) text += '|';
        text += row[column] ? std::string(row[column], lengths[column]) : "NULL";
    }
    return text;
}

// Every result of a script, the rows of all of them one after the other.
std::vector<std::string> execute(MYSQL* handle, const std::string& script) {
    std::vector<std::string> rows;
    if (mysql_real_query(handle, script.data(), script.size()) != 0) give_up(handle);
    for (;;) {
        if (MYSQL_RES* result = mysql_store_result(handle)) {
            while (MYSQL_ROW row = mysql_fetch_row(result)) rows.push_back(row_text(result, row));
            mysql_free_result(result);
        } else if (mysql_errno(handle) != 0) {
            give_up(handle);
        }
        const int more = mysql_next_result(handle);
        if (more > 0) give_up(handle);
        if (more < 0) return rows;
    }
}

} // namespace

struct MariadbServer::Inside {
    fs::path folder;
    int port = 0;
    pid_t pid = -1;
    int databases = 0;

    fs::path socket() const { return folder / "socket"; }
    fs::path log() const { return folder / "log"; }

    bool listens(const std::vector<std::string>& configuration) const {
        for (const auto& line : configuration)
            if (line.starts_with("bind-address") || line.starts_with("bind_address")) return true;
        return false;
    }

    void configure(const std::vector<std::string>& configuration) {
        std::ofstream file(folder / "server.cnf");
        // A server that starts clears its tmpdir of temporary tables, also of another server's.
        file << "[mariadbd]\ndatadir=" << (folder / "data").string() << "\nsocket=" << socket().string() << "\n"
             << "tmpdir=" << folder.string() << "\n"
             << "innodb-log-file-size=32M\ninnodb-buffer-pool-size=64M\ninnodb-flush-log-at-trx-commit=1\n"
             << "character-set-server=utf8mb4\ncollation-server=utf8mb4_general_ci\n"
             << "skip-name-resolve\nskip-log-bin\nperformance-schema=OFF\nskip-slave-start\n";
        if (port > 0)
            file << "port=" << port << "\n";
        else
            file << "skip-networking\n";
        for (const auto& line : configuration) file << line << "\n";
    }

    bool has_ended() {
        if (pid < 0) return true;
        int status = 0;
        if (waitpid(pid, &status, WNOHANG) != pid) return false;
        pid = -1;
        return true;
    }

    void wait_until_ready() {
        for (int tries = 0; tries < 6000; ++tries) {
            if (has_ended()) throw std::runtime_error("mariadbd ended: " + text_of(log()));
            try {
                connect(socket(), "");
                return;
            } catch (const std::runtime_error&) { // not yet
                std::this_thread::sleep_for(std::chrono::milliseconds(10));
            }
        }
        throw std::runtime_error("mariadbd does not answer: " + text_of(log()));
    }
};

std::string MariadbServer::missing() {
    for (const char* name : {"mariadbd", "mariadb-install-db"})
        if (program(name).empty()) return std::string(name) + " is not installed";
    return as_root() && !getpwnam(owner) ? std::string("there is no user ") + owner : std::string();
}

MariadbServer* MariadbServer::shared() {
    if (!missing().empty()) return nullptr;
    Home::of_process(); // outlives the server
    static MariadbServer server;
    return &server;
}

MariadbServer::MariadbServer(const std::vector<std::string>& configuration) : inside_(std::make_unique<Inside>()) {
    auto& home = Home::of_process();
    inside_->folder = home.new_folder();
    const auto data = inside_->folder / "data";
    int status = 0;
    waitpid(spawn({"/bin/cp", "-a", home.prepared().string(), data.string()}, inside_->log()), &status, 0);
    if (status != 0) throw std::runtime_error("cannot copy the data folder: " + text_of(inside_->log()));
    if (inside_->listens(configuration)) inside_->port = free_port();
    inside_->configure(configuration);
    start();
    if (inside_->port > 0)
        run("", "CREATE USER IF NOT EXISTS root@'127.0.0.1'; GRANT ALL ON *.* TO root@'127.0.0.1' WITH GRANT OPTION");
}

MariadbServer::~MariadbServer() {
    stop(true);
    std::error_code ignored;
    fs::remove_all(inside_->folder, ignored);
}

void MariadbServer::start() {
    std::vector<std::string> words{program("mariadbd"), "--defaults-file=" + (inside_->folder / "server.cnf").string()};
    if (as_root()) words.push_back(std::string("--user=") + owner);
    inside_->pid = spawn(words, inside_->log());
    std::ofstream(inside_->folder / "pid") << inside_->pid; // for the watcher, at once
    inside_->wait_until_ready();
}

void MariadbServer::stop(bool at_once) {
    if (inside_->has_ended()) return;
    kill(inside_->pid, at_once ? SIGKILL : SIGTERM);
    waitpid(inside_->pid, nullptr, 0);
    inside_->pid = -1;
    std::error_code ignored;
    fs::remove(inside_->folder / "pid", ignored);
}

std::string MariadbServer::make_database() {
    const std::string name = "d" + std::to_string(++inside_->databases);
    run("", "CREATE DATABASE " + name);
    return name;
}

void MariadbServer::run(const std::string& database, const std::string& script) const {
    execute(connect(inside_->socket(), database).get(), script);
}

std::vector<std::string> MariadbServer::rows(const std::string& database, const std::string& query) const {
    return execute(connect(inside_->socket(), database).get(), query);
}

StoreSettings MariadbServer::settings(const std::string& database, const std::string& user) const {
    StoreSettings settings;
    settings.name = "store";
    settings.engine = Engine::mariadb;
    settings.url = url(database, user);
    if (inside_->port > 0)
        settings.server.hosts = {{"127.0.0.1", static_cast<std::uint16_t>(inside_->port)}};
    else
        settings.server.hosts = {{inside_->socket().string(), 0}};
    settings.server.user = user;
    settings.server.database = database;
    return settings;
}

std::string MariadbServer::url(const std::string& database, const std::string& user) const {
    if (inside_->port > 0) return "mariadb://" + user + "@127.0.0.1:" + std::to_string(inside_->port) + "/" + database;
    return "mariadb://" + user + "@/" + database + "?socket=" + inside_->socket().string();
}

const fs::path& MariadbServer::folder() const {
    return inside_->folder;
}

int MariadbServer::port() const {
    return inside_->port;
}

pid_t MariadbServer::pid() const {
    return inside_->pid;
}

} // namespace retention::test
