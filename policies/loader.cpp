#include "policies/loader.hpp"

#include "policies/load_category.hpp"
#include "policies/load_files.hpp"
#include "policies/load_hint.hpp"
#include "policies/load_settings.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace retention {
namespace {

bool comes_before(const Place& a, const Place& b) {
    return std::tie(a.file, a.line, a.column) < std::tie(b.file, b.line, b.column);
}

// Collects one configuration from its files, in their order.
class Reading {
public:
    explicit Reading(const Directories& directories) : directories_(directories) {}

    void main(const SourceText& source) {
        configuration_.file = source.name;
        const auto toml = parse(source);
        if (!toml.valid) return;
        TableReader from(toml.root, "the configuration", findings_);
        defaults_ = read_settings(from, directories_, configuration_);
        categories(from);
        from.finish();
    }

    void policy(const SourceText& source) {
        const auto toml = parse(source);
        if (!toml.valid) return;
        TableReader from(toml.root, "a policy file", findings_);
        categories(from);
        from.refuse(main_keys(), "belongs into the main file", "a policy file has [categories.NAME] only");
        from.finish();
    }

    Loaded finish() {
        if (named_.empty() && whole_ && !categories_given_)
            findings_.error({configuration_.file.string(), 1, 1}, "the configuration has no category",
                            "add [categories.NAME], here or in a file that `policies` names");
        Loaded loaded;
        loaded.problems = std::move(findings_.problems);
        std::stable_sort(loaded.problems.begin(), loaded.problems.end(),
                         [](const Problem& a, const Problem& b) { return comes_before(a.place, b.place); });
        if (!has_errors(loaded.problems)) loaded.configuration = std::move(configuration_);
        return loaded;
    }

    Findings& findings() { return findings_; }

private:
    TomlText parse(const SourceText& source) {
        auto toml = read_toml(source.text, source.name);
        if (toml.valid) return toml;
        whole_ = false;
        findings_.problems.push_back(toml.problem);
        return toml;
    }

    void categories(TableReader& from) {
        categories_given_ = categories_given_ || from.has("categories");
        const auto* node = from.table("categories");
        if (!node) return;
        for (const auto& entry : node->entries) category(from, entry);
    }

    void category(TableReader& from, const TomlEntry& entry) {
        const auto& name = entry.key;
        if (!is_one_line(name)) from.error(entry.place, "a category without a usable name");
        const auto [first, is_new] = named_.emplace(name, entry.place);
        findings_.category = name;
        if (!is_new)
            from.error(entry.place,
                       "category '" + name + "' is there already, in " + first->second.file + ":" +
                           std::to_string(first->second.line) + ":" + std::to_string(first->second.column),
                       "give one of the two another name");
        if (entry.value.kind == TomlNode::Kind::table)
            configuration_.rules.push_back(read_category(name, entry.value, defaults_, findings_));
        else
            from.error(entry.value.place, "category '" + name + "' wants a table, not " + entry.value.describe(),
                       "write [categories." + name + "]");
        findings_.category.clear();
    }

    const Directories& directories_;
    Configuration configuration_;
    Defaults defaults_;
    Findings findings_;
    std::map<std::string, Place> named_;
    bool whole_ = true;             // every file could be parsed
    bool categories_given_ = false; // well or badly
};

Loaded read_all(const SourceText& main, std::vector<SourceText> policies, const Directories& directories,
                Problems more) {
    std::stable_sort(policies.begin(), policies.end(),
                     [](const SourceText& a, const SourceText& b) { return a.name < b.name; });
    Reading reading(directories);
    reading.main(main);
    for (const auto& source : policies) reading.policy(source);
    auto& problems = reading.findings().problems;
    problems.insert(problems.end(), more.begin(), more.end());
    return reading.finish();
}

} // namespace

Loaded read_configuration(const SourceText& main, const std::vector<SourceText>& policies,
                          const Directories& directories) {
    return read_all(main, policies, directories, {});
}

Loaded load_configuration(const std::filesystem::path& file, const Directories& directories) {
    auto files = read_files(file);
    if (!files.main) return {{}, std::move(files.problems)};
    return read_all(*files.main, std::move(files.policies), directories, std::move(files.problems));
}

} // namespace retention
