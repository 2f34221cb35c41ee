#include "daemon/digest.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <iostream>
#include <random>
#include <set>

using namespace retention;

namespace {

const std::string key_text = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";

std::string hmac_hex(const AuditKey& key, const std::string& message) {
    unsigned char out[32];
    HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(message.data()),
         message.size(), out, nullptr);
    return hex({reinterpret_cast<const char*>(out), 32});
}

} // namespace

BOOST_AUTO_TEST_SUITE(digest)

BOOST_AUTO_TEST_CASE(sha256_gives_the_published_values) {
    // FIPS 180-2, appendix B
    BOOST_TEST(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    BOOST_TEST(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    BOOST_TEST(sha256_hex(std::string(1000000, 'a')) ==
               "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
}

BOOST_AUTO_TEST_CASE(hex_writes_every_byte_in_lower_case) {
    BOOST_TEST(hex(std::string("\x00\x1f\xAB\xff", 4)) == "001fabff");
    BOOST_TEST(hex("").empty());
}

BOOST_AUTO_TEST_CASE(a_record_appears_as_the_keyed_digest_that_openssl_computes_too) {
    // printf 'crm\037contacts\0375\0377' | openssl dgst -sha256 -mac HMAC -macopt hexkey:000102…1f
    RecordDigest digest(parse_audit_key(key_text), "crm", "contacts");

    BOOST_TEST(digest({"5", "7"}) == "43c12586becdd7de6a601fc5d41bfa61");
}

BOOST_AUTO_TEST_CASE(a_digest_is_the_first_half_of_hmac_over_the_parts_joined_by_1f) {
    const unsigned seed = std::random_device{}();
    std::cout << "digest seed " << seed << '\n';
    std::mt19937 random(seed);
    const auto key = parse_audit_key(key_text);
    for (int round = 0; round < 2000; ++round) {
        const std::string store(random() % 80, 's'), table(random() % 80, 't');
        RecordDigest digest(key, store, table);
        for (int record = 0; record < 3; ++record) {
            std::vector<std::string> values(random() % 4);
            std::string message = store + '\x1f' + table;
            for (auto& value : values) {
                for (auto size = random() % 100; size > 0; --size) value += static_cast<char>(random() % 256);
                message += '\x1f' + value;
            }

            BOOST_REQUIRE_EQUAL(digest(values), hmac_hex(key, message).substr(0, 32));
        }
    }
}

BOOST_AUTO_TEST_CASE(another_key_store_table_or_division_of_the_key_is_another_digest) {
    const auto key = parse_audit_key(key_text);
    auto other = key;
    other[31] ^= 1;
    std::set<std::string> digests;

    digests.insert(RecordDigest(key, "crm", "contacts")({"ab", "c"}));
    digests.insert(RecordDigest(key, "crm", "contacts")({"a", "bc"}));
    digests.insert(RecordDigest(key, "crm", "contacts")({"abc"}));
    digests.insert(RecordDigest(key, "crm2", "contacts")({"ab", "c"}));
    digests.insert(RecordDigest(key, "crm", "contact")({"ab", "c"}));
    digests.insert(RecordDigest(other, "crm", "contacts")({"ab", "c"}));

    BOOST_TEST(digests.size() == 6u);
}

BOOST_AUTO_TEST_CASE(a_digest_goes_on_after_it_was_moved) {
    RecordDigest digest(parse_audit_key(key_text), "crm", "contacts");
    const auto before = digest({"5"});

    RecordDigest moved(std::move(digest));

    BOOST_TEST(moved({"5"}) == before);
}

BOOST_AUTO_TEST_CASE(a_key_is_64_hex_digits_and_perhaps_a_line_end) {
    const auto key = parse_audit_key(key_text);

    BOOST_TEST(int(key[0]) == 0);
    BOOST_TEST(int(key[31]) == 0x1f);
    BOOST_TEST((parse_audit_key(key_text + "\n") == key));
    BOOST_TEST((parse_audit_key(key_text + "\r\n") == key));
    BOOST_TEST((parse_audit_key("000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F") == key));
}

BOOST_AUTO_TEST_CASE(what_is_no_key_is_refused_without_being_quoted) {
    for (const std::string& text :
         {std::string(), std::string("\n"), key_text.substr(1), key_text + "0", key_text + "\n\n", " " + key_text,
          "zz" + key_text.substr(2), key_text.substr(0, 62) + "0g", std::string(64, '\0')}) {
        BOOST_TEST_CONTEXT("key text of " << text.size() << " characters") {
            const auto says_nothing_of_it = [](const std::runtime_error& error) {
                return std::string(error.what()).find("0405") == std::string::npos;
            };
            BOOST_CHECK_EXCEPTION(parse_audit_key(text), std::runtime_error, says_nothing_of_it);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_derived_key_is_hmac_of_its_purpose_and_no_record_s_digest) {
    const auto key = parse_audit_key(key_text);

    BOOST_TEST(derived_key(key, "pseudonym").size() == 32u);
    BOOST_TEST(hex(derived_key(key, "pseudonym")) == hmac_hex(key, "key for pseudonym"));
    BOOST_TEST(derived_key(key, "pseudonym") != derived_key(key, "export"));
}

BOOST_AUTO_TEST_SUITE_END()
