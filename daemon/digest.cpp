// The plain SHA256_… functions, which OpenSSL 3 calls deprecated, for the records: a state of them is a struct that is
// copied by assignment, while EVP_MD_CTX_copy_ex allocates, and two copies a record cost as much as the hash itself.
#define OPENSSL_SUPPRESS_DEPRECATED

#include "daemon/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/sha.h>
#include <stdexcept>

namespace retention {
namespace {

using Bytes = std::array<unsigned char, 32>;

struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

void require(bool worked) {
    if (!worked) throw std::runtime_error("openssl cannot compute SHA-256");
}

// Fetched once: a look-up by name in every call costs more than the hash of a short text.
const EVP_MD* sha256() {
    static const EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
    require(fetched != nullptr);
    return fetched;
}

Context fresh() {
    Context context(EVP_MD_CTX_new());
    require(context && EVP_DigestInit_ex2(context.get(), sha256(), nullptr) == 1);
    return context;
}

void update(const Context& context, const void* data, std::size_t size) {
    require(EVP_DigestUpdate(context.get(), data, size) == 1);
}
void update(const Context& context, std::string_view text) {
    update(context, text.data(), text.size());
}

Bytes finish(const Context& context) {
    Bytes out;
    require(EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1);
    return out;
}

// The key, padded to a block of 64 bytes and mixed with `pad` (RFC 2104).
std::array<unsigned char, 64> padded(const AuditKey& key, unsigned char pad) {
    std::array<unsigned char, 64> block;
    block.fill(pad);
    for (std::size_t i = 0; i < key.size(); ++i) block[i] = static_cast<unsigned char>(key[i] ^ pad);
    return block;
}

// SHA-256 that has taken it in.
Context keyed(const AuditKey& key, unsigned char pad) {
    const auto block = padded(key, pad);
    auto context = fresh();
    update(context, block.data(), block.size());
    return context;
}

std::string_view as_text(const Bytes& bytes, std::size_t size) {
    return {reinterpret_cast<const char*>(bytes.data()), size};
}

int digit_value(char c) {
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

} // namespace

std::string hex(std::string_view bytes) {
    constexpr char digits[] = "0123456789abcdef";
    std::string out(bytes.size() * 2, '0');
    for (std::size_t i = 0; i < bytes.size(); ++i) {
        const auto byte = static_cast<unsigned char>(bytes[i]);
        out[2 * i] = digits[byte >> 4];
        out[2 * i + 1] = digits[byte & 15];
    }
    return out;
}

std::string sha256_hex(std::string_view text) {
    const auto context = fresh();
    update(context, text);
    return hex(as_text(finish(context), 32));
}

AuditKey parse_audit_key(std::string_view text) {
    if (text.ends_with('\n')) text.remove_suffix(1);
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.size() != 64)
        throw std::runtime_error("an audit key is 64 hex digits, this one has " + std::to_string(text.size()) +
                                 " characters");
    AuditKey key;
    for (std::size_t i = 0; i < key.size(); ++i) {
        const int high = digit_value(text[2 * i]), low = digit_value(text[2 * i + 1]);
        if (high < 0 || low < 0)
            throw std::runtime_error("an audit key is 64 hex digits, this one has another character near position " +
                                     std::to_string(2 * i + 1));
        key[i] = static_cast<unsigned char>(high * 16 + low);
    }
    return key;
}

// HMAC(key, message) = H(outer, H(inner, message)). Both start with a block of their own that depends on the key alone,
// and the message with the store and the table: all of that is hashed once and the states are copied for each record.
struct RecordDigest::State {
    SHA256_CTX inner, outer;
    ~State() { OPENSSL_cleanse(this, sizeof *this); } // they stand for the key
};

namespace {

void update(SHA256_CTX& state, const void* data, std::size_t size) {
    require(SHA256_Update(&state, data, size) == 1);
}
void update(SHA256_CTX& state, std::string_view text) {
    update(state, text.data(), text.size());
}

SHA256_CTX plain_keyed(const AuditKey& key, unsigned char pad) {
    SHA256_CTX state;
    require(SHA256_Init(&state) == 1);
    auto block = padded(key, pad);
    update(state, block.data(), block.size());
    OPENSSL_cleanse(block.data(), block.size());
    return state;
}

Bytes finish(SHA256_CTX& state) {
    Bytes out;
    require(SHA256_Final(out.data(), &state) == 1);
    return out;
}

} // namespace

RecordDigest::RecordDigest(const AuditKey& key, std::string_view store, std::string_view table)
    : state_(new State{plain_keyed(key, 0x36), plain_keyed(key, 0x5c)}) {
    update(state_->inner, store);
    update(state_->inner, "\x1f");
    update(state_->inner, table);
}
RecordDigest::~RecordDigest() = default;
RecordDigest::RecordDigest(RecordDigest&&) noexcept = default;

std::string RecordDigest::operator()(const std::vector<std::string>& key) {
    SHA256_CTX work = state_->inner;
    for (const auto& value : key) {
        update(work, "\x1f");
        update(work, value);
    }
    const auto message = finish(work);
    work = state_->outer;
    update(work, message.data(), message.size());
    return hex(as_text(finish(work), 16));
}

std::string unlike_any_other() {
    std::array<unsigned char, 16> bytes{};
    if (RAND_bytes(bytes.data(), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("openssl has no random bytes for a name");
    return hex({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

// HMAC over a text without the byte 0x1F, which every record's text has: no record's digest is ever a derived key.
std::string derived_key(const AuditKey& key, std::string_view purpose) {
    const auto inner = keyed(key, 0x36), outer = keyed(key, 0x5c);
    update(inner, "key for ");
    update(inner, purpose);
    const auto message = finish(inner);
    update(outer, message.data(), message.size());
    return std::string(as_text(finish(outer), 32));
}

} // namespace retention
