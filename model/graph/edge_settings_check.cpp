#include "model/graph/edge_settings_check.hpp"

#include "model/edge/coalesce.hpp"

#include <fmt/format.h>

namespace sluice::detail {

namespace {

class settings_check {
public:
  settings_check(const edge_declaration& declared, const std::string& path, const node_catalog& catalog,
                 validation_report& report)
      : declared_(declared), path_(path), catalog_(catalog), report_(report), settings_(declared.settings) {}

  edge_settings run() {
    check_count("capacity", settings_.capacity,
                "use a lossy policy with capacity 1 to keep as little as possible");
    check_count("prefetch", settings_.prefetch, "leave it out for the default");
    check_coalesce();
    check_key();
    return std::move(settings_);
  }

private:
  void complain(const char* code, const char* member, std::string text) {
    report_.error(code, path_ + "." + member, std::move(text), place_of(declared_, member));
  }

  void check_count(const char* member, std::size_t count, const char* remedy) {
    if (count == 0)
      complain(finding_code::bad_capacity, member,
               fmt::format("{} 0 lets no message through; at least 1 ({})", member, remedy));
    else if (count > defaults::edge_capacity_limit)
      complain(finding_code::bad_capacity, member,
               fmt::format("{} {} is too large; at most {}", member, count, defaults::edge_capacity_limit));
  }

  void check_coalesce() {
    const bool given = settings_.coalesce || !settings_.coalesce_name.empty();
    if (settings_.policy != overflow_policy::coalesce) {
      if (given)
        complain(finding_code::bad_value, "coalesce",
                 fmt::format("a merge function is for the policy coalesce; this edge has the policy {}",
                             to_string(settings_.policy)));
      return;
    }
    if (settings_.coalesce)
      return;
    const auto known = coalesce_names();
    if (settings_.coalesce_name.empty())
      return complain(
          finding_code::bad_value, "coalesce",
          fmt::format("the policy coalesce needs a merge function: one of {}", fmt::join(known, ", ")));
    settings_.coalesce = find_coalesce(settings_.coalesce_name);
    if (!settings_.coalesce)
      complain(finding_code::bad_value, "coalesce",
               fmt::format("unknown merge function '{}'{}; there are {}", shown(settings_.coalesce_name),
                           report_.hint(settings_.coalesce_name, known), fmt::join(known, ", ")));
  }

  void check_key() {
    const bool given = settings_.key || !settings_.key_source.empty();
    if (given && settings_.policy != overflow_policy::latest)
      return complain(finding_code::bad_value, "key",
                      fmt::format("a key is for the policy latest; this edge has the policy {}",
                                  to_string(settings_.policy)));
    if (!given || settings_.key)
      return;
    try {
      settings_.key = catalog_.compile_key(settings_.key_source);
    } catch (const internal_error&) {
      throw;
    } catch (const std::exception& wrong) {
      complain(finding_code::bad_value, "key", wrong.what());
    }
  }

  const edge_declaration& declared_;
  const std::string& path_;
  const node_catalog& catalog_;
  validation_report& report_;
  edge_settings settings_;
};

} // namespace

source_position place_of(const edge_declaration& declared, std::string_view member) {
  const auto* value = declared.given.find(member);
  return value != nullptr && value->position().known() ? value->position() : declared.position;
}

edge_settings check_settings(const edge_declaration& declared, const std::string& path,
                             const node_catalog& catalog, validation_report& report) {
  return settings_check(declared, path, catalog, report).run();
}

} // namespace sluice::detail
