#pragma once
// SHA-256 and keyed digests (RFC 6234, RFC 2104) by OpenSSL. A record appears in the audit log as the first 16 bytes of
// HMAC-SHA-256 over the store's name, the table as configured and its key values as text, joined by the byte 0x1F.

#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace retention {

std::string hex(std::string_view bytes);
std::string sha256_hex(std::string_view);
std::string unlike_any_other(); // a name: 128 bits of chance in hex. Throws std::runtime_error

using AuditKey = std::array<unsigned char, 32>;
// 64 hex digits, a line end allowed. Throws std::runtime_error with what is wrong; never quotes the text.
AuditKey parse_audit_key(std::string_view text);

// Digests of the records of one table. Not thread-safe; cheap per record (the keyed state is copied, not computed
// again).
class RecordDigest {
public:
    RecordDigest(const AuditKey&, std::string_view store, std::string_view table);
    ~RecordDigest();
    RecordDigest(RecordDigest&&) noexcept;
    std::string operator()(const std::vector<std::string>& key); // 32 hex digits
private:
    struct State;
    std::unique_ptr<State> state_;
};

// A key of its own for another purpose ("pseudonym"), derived from the audit key. 32 bytes.
std::string derived_key(const AuditKey&, std::string_view purpose);

} // namespace retention
