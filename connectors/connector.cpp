#include "connectors/connector.hpp"

#include <stdexcept>

namespace retention {

std::unique_ptr<Walk> Session::join(const Plan&, Walk&) {
    throw std::logic_error("this store takes one writer");
}

} // namespace retention
