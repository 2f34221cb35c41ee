#include "connectors/postgres_soci.hpp"

#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <stdexcept>

namespace retention {
namespace {

// SOCI puts a line of its own before libpq's.
std::string own_message(const soci::soci_error& error) {
    const std::string text = error.what();
    constexpr std::string_view before = "Cannot establish connection to the database.\n";
    return text.compare(0, before.size(), before) == 0 ? text.substr(before.size()) : text;
}

} // namespace

struct SociPostgres::Session {
    explicit Session(const std::string& uri) : session(*soci::factory_postgresql(), uri) {}
    soci::session session;
};

SociPostgres::SociPostgres(const std::string& uri) try : session_(std::make_unique<Session>(uri)) {
    // SOCI hides the type's typeinfo, so it cannot be asked; the factory above makes no other.
    handle_ = static_cast<soci::postgresql_session_backend*>(session_->session.get_backend())->conn_;
} catch (const soci::soci_error& error) {
    throw std::runtime_error(own_message(error));
}

SociPostgres::~SociPostgres() = default;

} // namespace retention
