#include "daemon/control_server.hpp"

#include "daemon/journal.hpp"

#include <boost/asio/steady_timer.hpp>

#include <map>

namespace retention {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;

// Shared with the handlers that wait, so that it outlives the server where the io_context does.
struct ControlServer::Desk : std::enable_shared_from_this<Desk> {
    struct Guest {
        std::shared_ptr<ControlConnection> connection; // nothing while it is being made
        uid_t uid;
        bool turned_away;
    };

    Desk(asio::io_context& context, ControlSocket listening, Control& control, ControlServerSettings given)
        : io(context)
        , socket(std::in_place, std::move(listening))
        , acceptor(context, Protocol(), socket->release())
        , api(control, std::move(given.rights), given.users, given.clock)
        , limits(given.limits)
        , peer(std::move(given.peer)) {}

    void accept();
    void take(Protocol::socket);
    bool is_full_for(uid_t) const;
    std::size_t count(bool turned_away) const;
    void forget(std::uint64_t number);
    void tell_refusals();
    void finish();
    void close();

    asio::io_context& io;
    std::optional<ControlSocket> socket; // its file goes with it
    Protocol::acceptor acceptor;
    ControlApi api;
    const ControlLimits limits;
    std::function<std::optional<Peer>(int)> peer;
    std::map<std::uint64_t, Guest> guests;
    std::uint64_t last_number = 0;
    asio::steady_timer pause{io}, refusals{io}, farewell{io};
    bool stopped = false;
};

void ControlServer::Desk::accept() {
    acceptor.async_accept([self = shared_from_this()](boost::system::error_code error, Protocol::socket guest) {
        if (self->stopped) return;
        if (!error) {
            self->take(std::move(guest));
            return self->accept();
        }
        warn("no connection could be taken at the control socket: " + error.message());
        self->pause.expires_after(std::chrono::seconds(1)); // no descriptor left: trying at once would spin
        self->pause.async_wait([self](boost::system::error_code ended) {
            if (!ended && !self->stopped) self->accept();
        });
    });
}

std::size_t ControlServer::Desk::count(bool turned_away) const {
    std::size_t so_many = 0;
    for (const auto& [number, guest] : guests) so_many += guest.turned_away == turned_away;
    return so_many;
}

bool ControlServer::Desk::is_full_for(uid_t uid) const {
    const std::size_t all = count(false);
    if (all >= limits.connections) return true;
    if (uid == 0) return false;
    std::size_t own = 0;
    for (const auto& [number, guest] : guests) own += guest.uid == uid && !guest.turned_away;
    return own >= limits.of_a_user || all + limits.kept_for_root >= limits.connections;
}

void ControlServer::Desk::take(Protocol::socket guest) {
    const Peer from = peer(guest.native_handle()).value_or(Peer{});
    const bool full = is_full_for(from.uid);
    if (full && count(true) >= limits.turned_away) return; // closed
    const auto number = ++last_number;
    const auto ended = [weak = weak_from_this(), number] {
        if (const auto self = weak.lock()) self->forget(number);
    };
    guests[number] = {nullptr, from.uid, full};
    const ProblemDetails why{503, "too many connections", "close one, or come back later", ""};
    guests[number].connection =
        full ? turn_away(std::move(guest), why, limits, ended) : serve(std::move(guest), from, api, limits, ended);
}

void ControlServer::Desk::forget(std::uint64_t number) {
    guests.erase(number);
    if (stopped && guests.empty()) farewell.cancel();
    tell_refusals();
}

// Wakes only where a count of refusals waits to be written.
void ControlServer::Desk::tell_refusals() {
    const auto next = api.next_refusals();
    if (!next || stopped || refusals.expiry() == *next) return;
    refusals.expires_at(*next);
    refusals.async_wait([weak = weak_from_this()](boost::system::error_code ended) {
        const auto self = weak.lock();
        if (ended || !self || self->stopped) return;
        self->api.tell_refusals();
        self->tell_refusals();
    });
}

void ControlServer::Desk::finish() {
    stopped = true;
    api.tell_refusals();
    boost::system::error_code ignored;
    acceptor.close(ignored);
    socket.reset();
    pause.cancel();
    refusals.cancel();
    for (const auto& [number, guest] : guests) guest.connection->finish();
    if (guests.empty()) return;
    farewell.expires_after(limits.farewell);
    farewell.async_wait([weak = weak_from_this()](boost::system::error_code ended) {
        const auto self = weak.lock();
        if (!ended && self) self->close();
    });
}

void ControlServer::Desk::close() {
    for (const auto& [number, guest] : std::exchange(guests, {})) guest.connection->close();
}

ControlServer::ControlServer(asio::io_context& io, ControlSocket socket, Control& control,
                             ControlServerSettings settings)
    : desk_(std::make_shared<Desk>(io, std::move(socket), control, std::move(settings))) {
    desk_->accept();
}

ControlServer::~ControlServer() {
    if (!desk_->stopped) desk_->finish();
    desk_->farewell.cancel();
    desk_->close();
}

void ControlServer::set_rights(ControlRights rights) {
    desk_->api.set_rights(std::move(rights));
}

void ControlServer::stop() {
    if (!desk_->stopped) desk_->finish();
}

std::size_t ControlServer::connections() const {
    return desk_->count(false);
}

} // namespace retention
