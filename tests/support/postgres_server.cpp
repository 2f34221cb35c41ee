#include "tests/support/postgres_server.hpp"

#include "tests/support/server_folder.hpp"

#include <libpq-fe.h>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <stdexcept>
#include <thread>

#include <arpa/inet.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

namespace retention::test {
namespace {

namespace fs = std::filesystem;
using Command = std::vector<std::string>;

// The highest version that is installed, as Debian lays it out, or what the PATH has.
fs::path find_programs() {
    fs::path found;
    int highest = 0;
    std::error_code ignored;
    for (const auto& version : fs::directory_iterator("/usr/lib/postgresql", ignored)) {
        const int number = std::atoi(version.path().filename().c_str());
        if (number <= highest || !fs::exists(version.path() / "bin/postgres")) continue;
        highest = number;
        found = version.path() / "bin";
    }
    for (const fs::path folder : {"/usr/local/bin", "/usr/bin", "/usr/local/pgsql/bin"})
        if (found.empty() && fs::exists(folder / "initdb") && fs::exists(folder / "postgres")) found = folder;
    return found;
}

// PostgreSQL does not run as root.
std::optional<passwd> other_user() {
    if (::geteuid() != 0) return {};
    const passwd* found = ::getpwnam("postgres");
    return found ? std::optional(*found) : std::nullopt;
}

void become(const passwd& user) {
    if (::setgroups(0, nullptr) != 0 || ::setgid(user.pw_gid) != 0 || ::setuid(user.pw_uid) != 0) ::_exit(126);
}

// Runs a program as the server's user, in a session of its own so that no terminal's signal reaches it. Between fork
// and exec stands nothing but system calls.
pid_t spawn(const Command& command, const fs::path& folder, int input) {
    std::vector<char*> arguments;
    for (const auto& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
    arguments.push_back(nullptr);
    const auto user = other_user();
    const std::string log = (folder / "log").string();
    const std::string home = folder.string();
    const pid_t child = ::fork();
    if (child < 0) throw std::runtime_error(std::string("fork: ") + std::strerror(errno));
    if (child > 0) return child;
    ::setsid();
    if (user) become(*user);
    const int out = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0644);
    const int in = input < 0 ? ::open("/dev/null", O_RDONLY) : input;
    if (::chdir(home.c_str()) != 0 || ::dup2(in, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(out, 2) < 0) ::_exit(126);
    ::execv(arguments[0], arguments.data());
    ::_exit(127);
}

int wait_for(pid_t child) {
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    return status;
}

std::string text_of(const fs::path& file) {
    std::ifstream in(file);
    return {std::istreambuf_iterator<char>(in), {}};
}

fs::path new_folder() {
    std::string name = (server_folder() / "retentiond-pg-XXXXXX").string();
    if (!::mkdtemp(name.data())) throw std::runtime_error("cannot make a folder like " + name);
    ::chmod(name.c_str(), 0755);
    if (const auto user = other_user())
        if (::chown(name.c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("cannot give " + name);
    return name;
}

int free_port() {
    const int probe = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* plain = reinterpret_cast<sockaddr*>(&address);
    const bool bound = ::bind(probe, plain, size) == 0 && ::getsockname(probe, plain, &size) == 0;
    ::close(probe);
    if (!bound) throw std::runtime_error("no free port on 127.0.0.1");
    return ntohs(address.sin_port);
}

// Starts the server in $1 and waits for one word: the name of the signal that ends it. Where the word never comes
// because whoever should say it has died, the server goes at once, and the folder with it.
constexpr char keeper[] = R"(
"$1/programs/postgres" -D "$1/data" </dev/null 3<&- & server=$!
if read -r signal; then kill -s "$signal" $server; wait $server; exit 0; fi
kill -s QUIT $server; wait $server; cd /; rm -rf "$1"
)";

struct Disconnect {
    void operator()(PGconn* connection) const { PQfinish(connection); }
};
struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
};
using Connection = std::unique_ptr<PGconn, Disconnect>;
using Result = std::unique_ptr<PGresult, Clear>;

} // namespace

struct PostgresServer::Inside {
    fs::path folder;
    int port = 5432;
    pid_t creator = ::getpid();
    pid_t kept = 0; // the keeper
    int word = -1;  // to the keeper
    std::atomic<int> databases{0};

    ~Inside() {
        if (creator != ::getpid()) return;
        end("QUIT");
        std::error_code ignored;
        fs::remove_all(folder, ignored);
    }

    void initialise(const std::vector<std::string>& configuration);
    void start();
    void end(const std::string& signal);
    bool answers() const;
    Connection connect(const std::string& database) const;
    Result execute(PGconn*, const std::string& sql) const;
};

void PostgresServer::Inside::initialise(const std::vector<std::string>& configuration) {
    fs::create_directory_symlink(find_programs(), folder / "programs");
    const Command command{folder / "programs/initdb",
                          "--pgdata",
                          folder / "data",
                          "--username",
                          "postgres",
                          "--auth-local",
                          "trust",
                          "--auth-host",
                          "scram-sha-256",
                          "--encoding",
                          "UTF8",
                          "--locale",
                          "C.UTF-8",
                          "--no-sync",
                          "--no-instructions"};
    if (wait_for(spawn(command, folder, -1)) != 0) throw std::runtime_error("initdb: " + text_of(folder / "log"));
    std::ofstream file(folder / "data/postgresql.conf", std::ios::app);
    file << "\nlisten_addresses = ''\nunix_socket_directories = '" << folder.string() << "'\n"
         << "shared_buffers = '16MB'\nmax_connections = 60\nport = " << port << "\n";
    for (const auto& line : configuration) file << line << '\n';
}

void PostgresServer::Inside::start() {
    std::array<int, 2> pipe{};
    if (::pipe2(pipe.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    kept = spawn({"/bin/sh", "-c", keeper, "keeper", folder.string()}, folder, pipe[0]);
    ::close(pipe[0]);
    word = pipe[1];
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds{30};
    while (!answers()) {
        if (std::chrono::steady_clock::now() > give_up)
            throw std::runtime_error("PostgreSQL does not start: " + text_of(folder / "log"));
        std::this_thread::sleep_for(std::chrono::milliseconds{10});
    }
}

void PostgresServer::Inside::end(const std::string& signal) {
    if (word < 0) return;
    const std::string line = signal + "\n";
    const auto written = ::write(word, line.data(), line.size());
    ::close(word);
    word = -1;
    if (written < 0) ::kill(kept, SIGKILL);
    wait_for(kept);
}

bool PostgresServer::Inside::answers() const {
    const std::string where = "host='" + folder.string() + "' port=" + std::to_string(port) + " connect_timeout=5";
    return PQping(where.c_str()) == PQPING_OK;
}

Connection PostgresServer::Inside::connect(const std::string& database) const {
    const std::array<const char*, 5> names{"host", "port", "user", "dbname", nullptr};
    const std::string number = std::to_string(port);
    const std::array<const char*, 5> values{folder.c_str(), number.c_str(), "postgres", database.c_str(), nullptr};
    Connection connection(PQconnectdbParams(names.data(), values.data(), 0));
    if (PQstatus(connection.get()) != CONNECTION_OK) throw std::runtime_error(PQerrorMessage(connection.get()));
    PQsetNoticeProcessor(
        connection.get(), [](void*, const char*) {}, nullptr);
    return connection;
}

Result PostgresServer::Inside::execute(PGconn* connection, const std::string& sql) const {
    Result result(PQexec(connection, sql.c_str()));
    const auto status = PQresultStatus(result.get());
    if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK && status != PGRES_EMPTY_QUERY)
        throw std::runtime_error(PQerrorMessage(connection));
    return result;
}

std::string PostgresServer::missing() {
    if (find_programs().empty()) return "PostgreSQL's server is not installed";
    if (::geteuid() == 0 && !other_user()) return "there is no user postgres, and PostgreSQL does not run as root";
    return {};
}

PostgresServer* PostgresServer::shared() {
    static const std::unique_ptr<PostgresServer> server =
        missing().empty() ? std::make_unique<PostgresServer>() : nullptr;
    return server.get();
}

PostgresServer::PostgresServer(const std::vector<std::string>& configuration) : inside_(std::make_unique<Inside>()) {
    if (const auto why = missing(); !why.empty()) throw std::runtime_error(why);
    inside_->folder = new_folder();
    for (const auto& line : configuration)
        if (line.rfind("listen_addresses", 0) == 0) inside_->port = free_port();
    inside_->initialise(configuration);
    inside_->start();
}

PostgresServer::~PostgresServer() = default;

std::string PostgresServer::make_database() {
    const std::string name = "db" + std::to_string(++inside_->databases);
    run("postgres", "CREATE DATABASE " + name + " TEMPLATE template0");
    return name;
}

void PostgresServer::run(const std::string& database, const std::string& script) const {
    inside_->execute(inside_->connect(database).get(), script);
}

std::vector<std::string> PostgresServer::rows(const std::string& database, const std::string& query) const {
    const Result result = inside_->execute(inside_->connect(database).get(), query);
    std::vector<std::string> rows;
    for (int row = 0; row < PQntuples(result.get()); ++row) {
        std::string line;
        for (int column = 0; column < PQnfields(result.get()); ++column) {
            if (column > 0) line += '|';
            line += PQgetisnull(result.get(), row, column) ? "NULL" : PQgetvalue(result.get(), row, column);
        }
        rows.push_back(std::move(line));
    }
    return rows;
}

StoreSettings PostgresServer::settings(const std::string& database, const std::string& user) const {
    StoreSettings settings;
    settings.name = "crm";
    settings.engine = Engine::postgresql;
    settings.url = url(database, user);
    settings.server.hosts = {{inside_->folder.string(), static_cast<std::uint16_t>(inside_->port)}};
    settings.server.user = user;
    settings.server.database = database;
    return settings;
}

std::string PostgresServer::url(const std::string& database, const std::string& user) const {
    return "postgresql://" + user + "@/" + database + "?host=" + inside_->folder.string() +
           "&port=" + std::to_string(inside_->port);
}

const std::filesystem::path& PostgresServer::folder() const {
    return inside_->folder;
}

int PostgresServer::port() const {
    return inside_->port;
}

pid_t PostgresServer::pid() const {
    return std::atoi(text_of(inside_->folder / "data/postmaster.pid").c_str());
}

void PostgresServer::stop(bool at_once) {
    inside_->end(at_once ? "QUIT" : "INT");
}

void PostgresServer::start() {
    inside_->end("INT"); // one that died by itself
    inside_->start();
}

} // namespace retention::test
