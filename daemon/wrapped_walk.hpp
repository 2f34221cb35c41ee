#pragma once
// A walk around another one: what paces a walk says only what it does differently.

#include "connectors/connector.hpp"

namespace retention {

class WrappedWalk : public Walk {
public:
    explicit WrappedWalk(std::unique_ptr<Walk> walk) : walk_(std::move(walk)) {}
    Disposed dispose(std::size_t most) override { return walk_->dispose(most); }
    void commit(const Witness& witness) override { walk_->commit(witness); }
    void skip() override { walk_->skip(); }
    void rollback() noexcept override { walk_->rollback(); }
    void undo() noexcept override { walk_->undo(); }

private:
    std::unique_ptr<Walk> walk_;
};

} // namespace retention
