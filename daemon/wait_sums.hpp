#pragma once
// For how long in all the runs of each category waited, and for what: fed with the news of runs. Pure; time is an
// argument.

#include "daemon/enforcement.hpp"
#include "daemon/service_status.hpp"

#include <map>
#include <string>
#include <utility>

namespace retention {

// "replicas, 700 ms behind" -> "replicas": of few values, because a metric has one series for each.
std::string wait_reason(const std::string& waits_for);

class WaitSums {
public:
    void told(const Progress&, Instant now);
    void ended(const std::string& category, Instant now); // its run: it waits no longer
    void waited(const std::string& category, const std::string& reason, Instant from, Instant to);
    std::vector<Waited> of(const std::string& category) const;

private:
    std::map<std::string, std::pair<std::string, Instant>> waiting_; // by category: for what, since when
    std::map<std::string, std::map<std::string, double>> seconds_;   // by category and reason
};

} // namespace retention
