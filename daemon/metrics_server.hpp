#pragma once
// The port that Prometheus scrapes ([metrics] listen): GET /metrics and GET /healthz, nothing else, to whoever reaches
// it; counts and names of categories, no record. One answer a connection; at most 16 at once, and where more come,
// those who have not asked yet go first. On the io_context's thread; wakes up only when somebody asks.

#include "daemon/service_status.hpp"

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

namespace boost::asio {
class io_context;
}

namespace retention {

class MetricsServer {
public:
    // Throws std::runtime_error where it cannot listen there: "127.0.0.1:9188", "[::1]:9188". Port 0: any free one.
    // `patience`: for a whole request.
    MetricsServer(boost::asio::io_context&, const std::string& listen, std::function<ServiceStatus()>,
                  std::chrono::milliseconds patience = std::chrono::seconds(3));
    ~MetricsServer(); // closes what is open

    std::uint16_t port() const;

private:
    struct Impl;
    std::shared_ptr<Impl> impl_;
};

} // namespace retention
