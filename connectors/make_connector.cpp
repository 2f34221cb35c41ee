#include "connectors/connector.hpp"
#include "connectors/server_session.hpp"
#include "connectors/sqlite_session.hpp"

#include <stdexcept>

namespace retention {

std::unique_ptr<Connector> make_connector(const StoreSettings& settings, const Zone& here) {
    switch (settings.engine) {
    case Engine::sqlite:
        return make_sqlite_connector(settings, here);
    case Engine::postgresql:
        return make_postgres_connector(settings, here);
    case Engine::mariadb:
        return make_mariadb_connector(settings, here);
    }
    throw std::logic_error("an engine without a connector");
}

} // namespace retention
