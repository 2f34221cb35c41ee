#include "daemon/outside.hpp"

#include "daemon/control.hpp"
#include "daemon/control_server.hpp"
#include "daemon/journal.hpp"
#include "daemon/metrics_server.hpp"

namespace retention {
namespace {

ControlRights rights_of(const ControlSettings& settings) {
    return {settings.operators, settings.viewers};
}

class Doors : public ServiceSettings::Outside {
public:
    Doors(boost::asio::io_context& io, Control& control, const Configuration& configuration)
        : io_(io)
        , control_(control)
        , socket_(configuration.control.socket)
        , server_(io, ControlSocket::open(socket_), control, {rights_of(configuration.control)}) {
        listen(configuration.metrics.listen);
    }

    void reloaded(const Configuration& configuration) override {
        server_.set_rights(rights_of(configuration.control));
        if (configuration.control.socket != socket_)
            warn("the control socket stays at " + socket_.string() + " until the next start");
        if (configuration.metrics.listen == listens_) return;
        try {
            listen(configuration.metrics.listen);
        } catch (const std::exception& error) { // the rest of the configuration is in force
            alarm(error.what());
        }
    }

    void stop() override {
        metrics_.reset();
        server_.stop();
    }

private:
    void listen(const std::string& address) {
        metrics_.reset();
        listens_ = address;
        if (!address.empty())
            metrics_ = std::make_unique<MetricsServer>(io_, address, [this] { return control_.status(); });
    }

    boost::asio::io_context& io_;
    Control& control_;
    std::filesystem::path socket_;
    ControlServer server_;
    std::unique_ptr<MetricsServer> metrics_;
    std::string listens_;
};

} // namespace

std::unique_ptr<ServiceSettings::Outside> open_doors(boost::asio::io_context& io, Control& control,
                                                     const Configuration& configuration) {
    return std::make_unique<Doors>(io, control, configuration);
}

} // namespace retention
