#include "model/graph/port_choice.hpp"

#include "model/node/node_type.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace sluice::detail {

namespace {

/// A node may have thousands of ports; nobody reads them all.
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t most = 20;
  std::vector<std::string> first;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
    first.push_back(shown(names[i]));
  const auto more = names.size() > most ? fmt::format(" and {} more", names.size() - most) : std::string{};
  return fmt::format("{}{}", fmt::join(first, ", "), more);
}

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string explain_default(const port_choice& choice, const char* direction) {
  auto named = choice.names;
  named.erase(std::remove(named.begin(), named.end(), error_port), named.end());
  if (!named.empty())
    return fmt::format("the {} has several {} ports ({}); name one, such as '{}.{}'", choice.owner, direction,
                       listed(named), shown(choice.id), shown(named.front()));
  if (choice.is_subgraph)
    return fmt::format("the {} exposes no {} port; add one to its `{}s`", choice.owner, direction, direction);
  if (choice.direction == port_direction::input)
    return fmt::format("the {} has no input port: it is a source", choice.owner);
  return fmt::format("the {} has no output port but 'error'; write '{}.error' if that is meant", choice.owner,
                     shown(choice.id));
}

} // namespace

std::string explain_missing_port(const port_choice& choice, std::string_view wanted,
                                 validation_report& report) {
  const auto* direction = choice.direction == port_direction::input ? "input" : "output";
  const auto* other = choice.direction == port_direction::input ? "output" : "input";
  if (wanted.empty())
    return explain_default(choice, direction);
  const auto kind = contains(choice.opposite, wanted) ? fmt::format(": that is an {} port", other)
                                                      : report.hint(wanted, choice.names);
  const auto known = choice.names.empty()
                         ? std::string("it has none")
                         : fmt::format("its {} ports are {}", direction, listed(choice.names));
  return fmt::format("the {} has no {} port '{}'{}; {}", choice.owner, direction, shown(wanted), kind, known);
}

} // namespace sluice::detail
