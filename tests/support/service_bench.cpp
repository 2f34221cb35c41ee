#include "tests/support/service_bench.hpp"

#include "tests/support/brief_memory.hpp"

#include <unistd.h>

namespace retention::test {

class SharedMemory::Hand : public RunMemory {
public:
    explicit Hand(SharedMemory& memory)
        : memory_(memory), runs_(std::make_unique<BriefMemory>()), busy_(memory.locked) {
        for (const auto& [category, through] : memory.served)
            runs_->serve(category, through, memory.schedules[category]);
    }
    std::string lost() const override { return busy_ ? "the state is busy" : memory_.lost; }
    bool busy() const override { return busy_; }
    void look_again() override {
        busy_ = memory_.locked;
        if (!busy_)
            for (const auto& write : std::exchange(kept_, {})) write();
    }
    void accept_loss() override {
        if (busy_) throw std::logic_error("went on without a history that is only locked");
        if (!memory_.stays_lost) memory_.lost.clear();
    }
    void begin(const RunRecord& run) override {
        if (busy_) throw std::logic_error("began beside a lock");
        forbid_when_lost();
        if (!is_locked()) runs_->begin(run);
    }
    void end(const RunOutcome& outcome, Instant at) override {
        forbid_when_lost();
        if (is_locked()) return kept_.push_back([=, this] { end(outcome, at); });
        runs_->end(outcome, at);
        memory_.runs.push_back(*runs_->find(outcome.run));
    }
    std::vector<RunRecord> last(std::size_t runs) const override { return runs_->last(runs); }
    std::optional<RunRecord> find(const std::string& run) const override { return runs_->find(run); }
    std::map<std::string, CategoryHistory> categories() const override {
        return is_locked() ? std::map<std::string, CategoryHistory>() : runs_->categories();
    }
    void serve(const std::string& category, Instant through, const std::string& schedule) override {
        forbid_when_lost();
        if (is_locked()) return kept_.push_back([=, this] { serve(category, through, schedule); });
        memory_.served[category] = through;
        if (!schedule.empty()) memory_.schedules[category] = schedule;
        runs_->serve(category, through, schedule);
    }
    void keep_served(const std::vector<std::string>& categories) override {
        forbid_when_lost();
        if (is_locked()) return;
        const auto is_other = [&](const auto& one) { return std::ranges::count(categories, one.first) == 0; };
        std::erase_if(memory_.served, is_other);
        std::erase_if(memory_.schedules, is_other);
        runs_->keep_served(categories);
    }
    std::optional<ServedSchedule> served(const std::string& category) const override {
        return is_locked() ? std::nullopt : runs_->served(category);
    }

private:
    void forbid_when_lost() const {
        if (!busy_ && !lost().empty()) throw std::logic_error("written to a lost history");
    }
    bool is_locked() const { return busy_ = busy_ || memory_.locked; } // once found so, until it is looked at again
    SharedMemory& memory_;
    std::unique_ptr<RunMemory> runs_;
    mutable bool busy_;
    std::vector<std::function<void()>> kept_;
};

inline MakeMemory SharedMemory::maker() {
    return [this](const State&, const Head&) { return std::make_unique<Hand>(*this); };
}

namespace {

std::string policy(const std::string& category, const std::string& store, const std::string& schedule) {
    return "[categories." + category + "]\n" + (schedule.empty() ? "" : "schedule = \"" + schedule + "\"\n") +
           R"(description = "people"
authority = "notice"
lawful_basis = "legitimate interests"
owner = "dpo@example.com"
trigger = "created_at"
period = "36 months"
action = "delete"
)" + "store = \"" +
           store + "\"\ntable = \"" + category + "\"\n[categories." + category + ".limits]\nshare = \"100%\"\n";
}

const boost::json::object& category_in(const boost::json::object& result, const std::string& name) {
    for (const auto& category : result.at("categories").as_array())
        if (category.at("category").as_string() == name) return category.as_object();
    throw std::out_of_range("no outcome of " + name);
}

} // namespace

Daemon::Daemon(const std::string& schedule, const std::string& store_keys) {
    gates["crm"], gates["shop"];
    configuration = read(schedule, store_keys).configuration.value();
    load = [this, schedule, store_keys] { return read(schedule, store_keys); };
}

Daemon::~Daemon() {
    if (!end.valid()) return;
    for (auto& [name, gate] : gates)
        for (Gate* one : {&gate.opening, &gate.surveying, &gate.counting, &gate.disposing}) one->open();
    ::kill(::getpid(), SIGTERM); // a test failed: the daemon goes before its stores do
    end.wait();
}

Loaded Daemon::read(const std::string& schedule, const std::string& store_keys, const std::string& state) {
    const auto folder = crm.folder().string();
    const auto main = "timezone = \"UTC\"\nstate = \"" + folder + "/" + state +
                      "\"\npolicies = [\"policy.toml\"]\n[audit]\ndirectory = \"" + folder +
                      "/log\"\nkey = { file = \"" + folder + "/audit.key\" }\n[stores.crm]\nurl = \"sqlite://" +
                      crm.path().string() + "\"\n" + store_keys + "[stores.shop]\nurl = \"sqlite://" +
                      shop.path().string() + "\"\n";
    return read_configuration(
        {"retentiond.toml", main},
        {{"policy.toml", policy("contacts", "crm", schedule) + policy("orders", "shop", schedule)}}, {});
}

void Daemon::start() {
    class Hook : public ServiceSettings::Outside {};
    ServiceSettings settings;
    settings.now = clock.reading();
    settings.open_store = gated(gates, clock.reading());
    settings.load = load;
    settings.memory = memory.maker();
    settings.wake_up = clock.wake_up();
    settings.outside = [this](boost::asio::io_context& io, Control& control, const Configuration&) {
        io_ = &io, control_ = &control;
        return std::make_unique<Hook>();
    };
    end = std::async(std::launch::async, [this, settings] { return run_service(configuration, settings); });
    systemd.next_with("READY=1");
    ask([](Control&) {}); // its first look is over
}

ExitCode Daemon::stop(int signal) {
    ::kill(::getpid(), signal);
    return end.get();
}

boost::json::object Daemon::result(const std::string& run) {
    const auto last = std::make_shared<std::promise<std::string>>();
    auto line = last->get_future();
    const auto watch = ask([&](Control& control) {
        return std::shared_ptr<RunWatch>(control.watch(run, [last](const RunNews& news) {
            if (news.last) last->set_value(news.line);
        }));
    });
    if (line.wait_for(std::chrono::seconds(30)) != std::future_status::ready)
        throw std::runtime_error("run " + run + " does not end");
    return boost::json::parse(line.get()).at("result").as_object();
}

std::string Daemon::scheduled_run(const std::string& store) {
    for (const auto& run : status().runs)
        if (const auto* rule = configuration.find_rule(run.categories.front());
            run.actor == "schedule" && rule && rule->store == store)
            return run.run;
    return {};
}

std::string Daemon::first_scheduled_run(const std::string& store) {
    std::string first;
    const auto all = boost::json::parse(ask([](Control& control) { return control.runs(100); })); // newest first
    for (const auto& run : all.at("runs").as_array())
        if (run.at("actor").as_string() == "schedule" &&
            run.at("categories").as_array().front().at("store").as_string() == store)
            first = run.at("run").as_string();
    return first;
}

std::variant<std::string, ControlFault> Daemon::answered(const Asking& asking) {
    const auto promise = std::make_shared<std::promise<std::variant<std::string, ControlFault>>>();
    const auto question = std::make_shared<std::unique_ptr<Question>>(); // ends on the daemon's thread
    auto answer = promise->get_future();
    ask([&](Control& control) {
        *question = asking(control, [promise, question](auto result) {
            question->reset();
            promise->set_value(std::move(result));
        });
    });
    return answer.get();
}

boost::json::object Daemon::report(const std::vector<std::string>& categories) {
    auto result = answered([&](Control& control, Control::Answer answer) {
        return control.report({categories, {}}, std::move(answer));
    });
    if (const auto* fault = std::get_if<ControlFault>(&result)) throw *fault;
    return boost::json::parse(std::get<std::string>(result)).as_object();
}

std::variant<std::string, ControlFault> Daemon::explain(const std::string& category, const std::string& key) {
    return answered([&](Control& control, Control::Answer answer) {
        return control.explain({category, key, {}}, std::move(answer));
    });
}

std::string outcome_of(const boost::json::object& result, const std::string& category) {
    return std::string(category_in(result, category).at("outcome").as_string());
}

std::int64_t disposed_of(const boost::json::object& result, const std::string& category) {
    return category_in(result, category).at("disposed").as_int64();
}

} // namespace retention::test
