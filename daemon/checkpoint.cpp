#include "daemon/checkpoint.hpp"

#include "daemon/audit_line.hpp"

#include <memory>
#include <openssl/evp.h>
#include <stdexcept>

namespace retention {
namespace {

struct FreeKey {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

constexpr std::size_t key_bytes = 32, signature_bytes = 64;

const unsigned char* bytes_of(const std::string& text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_of(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

void require(bool worked) {
    if (!worked) throw std::runtime_error("openssl cannot sign with Ed25519");
}

Key private_key(const AuditKey& key) {
    const auto seed = derived_key(key, "checkpoint");
    Key made(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(seed), seed.size()));
    require(made != nullptr);
    return made;
}

std::string public_hex(const Key& key) {
    std::string bytes(key_bytes, '\0');
    std::size_t size = bytes.size();
    require(EVP_PKEY_get_raw_public_key(key.get(), bytes_of(bytes), &size) == 1 && size == key_bytes);
    return hex(bytes);
}

std::string signed_text(const Head& head) {
    return "retentiond checkpoint\n" + std::to_string(head.seq) + "\n" + head.hash + "\n";
}

std::string signature_of(const Key& key, const std::string& text) {
    const Context context(EVP_MD_CTX_new());
    std::string signature(signature_bytes, '\0');
    std::size_t size = signature.size();
    require(context && EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1);
    require(EVP_DigestSign(context.get(), bytes_of(signature), &size, bytes_of(text), text.size()) == 1);
    return signature;
}

int digit(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

// Empty where it is not so many bytes in lower case hex.
std::string from_hex(const std::string& text, std::size_t bytes) {
    if (text.size() != 2 * bytes) return {};
    std::string out;
    for (std::size_t i = 0; i < text.size(); i += 2) {
        const int high = digit(text[i]), low = digit(text[i + 1]);
        if (high < 0 || low < 0) return {};
        out += static_cast<char>(high * 16 + low);
    }
    return out;
}

bool signed_by(const std::string& key_hex, const std::string& text, const std::string& signature_hex) {
    const auto raw = from_hex(key_hex, key_bytes), signature = from_hex(signature_hex, signature_bytes);
    if (raw.empty() || signature.empty()) return false;
    const Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(raw), raw.size()));
    const Context context(EVP_MD_CTX_new());
    if (!key || !context) return false;
    return EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text), text.size()) == 1;
}

} // namespace

std::string checkpoint_key(const AuditKey& key) {
    return public_hex(private_key(key));
}

boost::json::object line_of_checkpoint(const AuditKey& key, const Head& head) {
    const auto pair = private_key(key);
    return {{"size", static_cast<std::int64_t>(head.seq)},
            {"head", head.hash},
            {"key", public_hex(pair)},
            {"signature", hex(signature_of(pair, signed_text(head)))}};
}

std::string checkpoint_fault(const boost::json::object& members, const Head& before, const std::string& key) {
    const auto size = number_member(members, "size");
    if (!size || *size < 0 || Head{static_cast<std::uint64_t>(*size), text_member(members, "head")} != before)
        return "the checkpoint does not name the line before it";
    const auto named = text_member(members, "key");
    if (!key.empty() && named != key) return "the checkpoint is signed with another key than the audit key's";
    if (!signed_by(named, signed_text(before), text_member(members, "signature")))
        return "the signature of the checkpoint is not valid";
    return {};
}

} // namespace retention
