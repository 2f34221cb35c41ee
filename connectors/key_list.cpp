#include "connectors/key_list.hpp"

#include <cstdint>
#include <cstring>

namespace retention {

namespace {

// A value: the number of its alternative, the size of its bytes, the bytes.
class Writer {
public:
    explicit Writer(std::string& bytes) : bytes_(bytes) {}

    void write(const Value& value) {
        bytes_ += static_cast<char>(value.index());
        std::visit(*this, value);
    }
    void operator()(std::monostate) const { take(nullptr, 0); }
    void operator()(std::int64_t number) const { take(&number, sizeof number); }
    void operator()(double number) const { take(&number, sizeof number); }
    void operator()(const std::string& text) const { take(text.data(), text.size()); }
    void operator()(const Blob& blob) const { take(blob.bytes.data(), blob.bytes.size()); }

private:
    void take(const void* data, std::size_t size) const {
        const auto length = static_cast<std::uint32_t>(size);
        bytes_.append(reinterpret_cast<const char*>(&length), sizeof length);
        bytes_.append(static_cast<const char*>(data), size);
    }

    std::string& bytes_;
};

template <class Number>
Number number_in(std::string_view bytes) {
    Number number{};
    std::memcpy(&number, bytes.data(), sizeof number);
    return number;
}

Value value_of(char alternative, std::string_view bytes) {
    switch (alternative) {
    case 1:
        return number_in<std::int64_t>(bytes);
    case 2:
        return number_in<double>(bytes);
    case 3:
        return std::string(bytes);
    case 4:
        return Blob{std::string(bytes)};
    default:
        return std::monostate{};
    }
}
static_assert(std::variant_size_v<Value> == 5);

} // namespace

void KeyList::add(const Key& key) {
    Writer writer(bytes_);
    for (const Value& value : key) writer.write(value);
    ends_.push_back(bytes_.size());
}

Key KeyList::read(std::size_t position) const {
    const std::size_t begin = position == 0 ? 0 : ends_[position - 1];
    Key key;
    for (auto rest = std::string_view(bytes_).substr(begin, ends_[position] - begin); !rest.empty();) {
        const char alternative = rest.front();
        const auto size = number_in<std::uint32_t>(rest.substr(1));
        rest.remove_prefix(1 + sizeof size);
        key.push_back(value_of(alternative, rest.substr(0, size)));
        rest.remove_prefix(size);
    }
    return key;
}

std::vector<Key> KeyList::part(std::size_t from, std::size_t to) const {
    std::vector<Key> keys;
    for (std::size_t i = from; i < to && i < size(); ++i) keys.push_back(read(i));
    return keys;
}

} // namespace retention
