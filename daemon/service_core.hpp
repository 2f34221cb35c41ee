#pragma once
// The service from inside; run_service() alone makes one. Its parts by file: service.cpp (its life: start, signals,
// timer, end), service_stores.cpp (lanes, recovery, surveys, stores out of reach), service_runs.cpp (what runs when),
// service_control.cpp and service_purge.cpp (who asks), service_reload.cpp, service_overview.cpp (how it is).
//
// Everything here belongs to the io_context's thread; what lanes do is in functions that get all they need by value,
// and their results are posted back.

#include "daemon/agenda.hpp"
#include "daemon/audit_key.hpp"
#include "daemon/control.hpp"
#include "daemon/lane.hpp"
#include "daemon/question_places.hpp"
#include "daemon/report.hpp"
#include "daemon/run_book.hpp"
#include "daemon/run_desk.hpp"
#include "daemon/service.hpp"
#include "daemon/store_health.hpp"
#include "daemon/wait_sums.hpp"
#include "daemon/watchdog.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <set>

namespace retention {

constexpr char not_settled_elsewhere[] = "a batch of it cannot be settled, because it is not configured; hint: put it "
                                         "back into the configuration";

using Snapshot = std::shared_ptr<const Configuration>; // a run keeps the one that it began with

class Service : public Control {
public:
    Service(const Configuration&, const ServiceSettings&);
    ~Service() override;
    ExitCode run();

    ServiceStatus status() const override;
    std::unique_ptr<Question> report(const ReportOrder&, Answer) override;
    std::unique_ptr<Question> explain(const ExplainOrder&, Answer) override;
    OrderedRun purge(const PurgeOrder&) override;
    void cancel(const std::string& run, const std::string& actor) override;
    std::string runs(std::size_t last) const override;
    std::string run(const std::string& name) const override;
    std::unique_ptr<RunWatch> watch(const std::string& run, std::function<void(const RunNews&)>) override;
    std::string metrics() const override;
    void refused(const std::string& actor, const std::string& verb, const std::string& why) override;

private:
    // What is known of a store stays when the configuration drops it: a doubt outlives that.
    struct Store {
        StoreHealth health;
        std::optional<RunContext> context;    // its lane's thread alone uses it
        std::unique_ptr<Lane> lane;           // none: it is not configured, and nothing of it is in hand
        int in_hand = 0;                      // runs and recoveries that its lane has not ended
        bool counting = false, again = false; // its lane makes a survey; and then one more
        std::optional<Instant> recount = {};  // of what could not be counted, though the store was there
    };
    // As last counted.
    struct Count {
        Date as_of{};
        Survey survey;
        std::optional<std::int64_t> oldest_overdue_days;
    };
    struct RunEnd {
        RunOutcome outcome;
        std::optional<std::string> in_doubt; // why the store is, after it
    };

    // service.cpp
    void record_rules();
    void confirm_left(); // in the audit log, the batches of stores that are configured no more
    void wait_for_signal();
    void take_signal(int);
    void stop();
    void leave_if_idle();
    void close_lanes();
    void leave();
    void fail(std::exception_ptr);
    void look();
    void arm(Instant now);
    void beat(Instant now);
    std::optional<Instant> next_occurrence() const;
    std::string headline() const;
    void tell_headline();
    void at_io(Task);          // posts; from any thread
    void guarded(const Task&); // what it throws ends the service

    // service_stores.cpp
    void adopt_configuration();
    void adopt_schedules();
    void adopt_schedule(const std::string& category);
    void name_doubts_of_others();
    void open_lane(const std::string& name);
    void retire_lanes();
    void recover_store(const std::string& name);
    void end_recovery(const std::string& name, bool in_doubt);
    void survey(const std::string& name);
    void take_survey(const std::string& name, const Report&, const std::string& failure);
    void count(const CategoryReport&, Date as_of);
    void not_counted(const std::string& store, const FailedCategory&);
    void try_stores_again(Instant now);
    Store* configured_store(const std::string& name);

    // service_runs.cpp
    void order_due(Instant now);
    void begin_what_may(Instant now);
    bool may_begin(const RunPart&, Instant now) const;
    std::optional<Instant> next_chance(Instant now) const;
    void begin(const RunPart&);
    void look_at_memory();
    bool accept_loss(const RunPart&);
    std::string why_unasked(const RunPart&) const;
    void end_unbegun(const RunPart&, Outcome, const std::string& reason);
    void refuse_unbegun(const RunPart&, const std::string& reason); // in the audit log
    void forget_ended_orders();
    void refuse_lost(const RunPart&);
    void remember_begin(const RunPart&, Date as_of);
    void work_on(const RunPart&, const RunRequest&, const Snapshot&);
    void end(const RunPart&, const Snapshot&, const RunEnd&);
    void judge_store(const RunPart&, const RunEnd&);
    void serve(const RunPart&, const Snapshot&, const RunEnd&);
    bool comes_again(const RunPart&, const CategoryOutcome&, const Snapshot&, const RunEnd&) const;
    void name_canceller(RunOutcome&) const;
    void put_in_line(const RunOrder&);

    void set_served(const std::string& category, Instant through);

    // service_control.cpp
    struct Gathering;
    std::shared_ptr<Gathering> gathering(const std::vector<std::string>& categories, const Asker&, Answer&);
    std::unique_ptr<Question> question(const std::shared_ptr<Gathering>&);
    void give_up(Gathering&);

    // service_purge.cpp
    RunOrder order_of(const PurgeOrder&) const;
    RunOrder order_for(const std::vector<std::string>& categories, const std::string& actor) const;
    std::optional<std::string> same_in_hand(const RunOrder&) const;
    std::optional<RunRecord> remembered(const std::string& name) const;

    // service_reload.cpp
    void reload();
    std::string why_not(const Loaded&) const;
    void accept(const Configuration&);
    void take_out_of_line(const Configuration& next);

    // service_overview.cpp
    std::string stopped() const;
    std::vector<std::string> waits_for_you(const ServiceStatus&) const;
    CategoryStatus status_of(const Rule&, const std::map<std::string, CategoryHistory>&) const;
    StoreStatus status_of(const std::string& name, const Store&) const;

    Date today() const { return configuration_->zone.local_date(now_()); }
    void require_categories(const std::vector<std::string>&) const;
    void require_running() const;

    ServiceSettings settings_;
    std::function<Instant()> now_;
    Snapshot configuration_;
    State state_;
    FoundKey key_;
    AuditLog log_;
    std::unique_ptr<RunMemory> memory_;
    Instant started_{}, loaded_{};
    std::string not_loaded_;

    boost::asio::io_context io_{1};
    boost::asio::signal_set signals_{io_, SIGTERM, SIGINT, SIGHUP};
    std::unique_ptr<WakeUp> wake_up_;
    std::optional<Watchdog> watchdog_;

    Agenda agenda_;
    Served served_;
    RunDesk desk_;
    RunBook book_;
    WaitSums waits_;
    std::map<std::string, std::string> cancelled_;   // runs in hand, by whom
    std::map<std::string, Snapshot> asked_;          // orders of persons in hand: what they were asked for
    std::map<std::string, Count> counted_;           // by category
    std::map<std::string, std::string> not_counted_; // and why, where the store was there
    QuestionPlaces places_;                          // of reports and stories
    std::map<std::string, std::unique_ptr<Store>> stores_;
    std::set<std::string> others_in_doubt_;      // stores that the log knows to be so, and no configuration named since
    std::vector<std::unique_ptr<Lane>> retired_; // of stores that are configured no more, until they have ended
    std::unique_ptr<ServiceSettings::Outside> outside_;

    bool stopping_ = false;
    ExitCode exit_ = ExitCode::done;
    std::exception_ptr failure_;
    std::string told_; // the newest STATUS=
};

} // namespace retention
