#include "persistence/operations/require_run.hpp"

#include "model/base/error.hpp"

#include <fmt/format.h>

#include <utility>

namespace sluice {

run_row require_run(store& in, const uuid& id) {
  auto row = in.runs().find(id);
  if (!row)
    throw error("not_found", fmt::format("there is no run {}", to_string(id)));
  return *std::move(row);
}

run_body require_body(store& in, const uuid& id) {
  auto body = in.runs().body(id);
  if (!body)
    throw error(
        "store_corrupt",
        fmt::format("run {} has no body; look at the database with 'sluice db check'", to_string(id)));
  return *std::move(body);
}

json load_params(const run_body& body, const uuid& id) {
  try {
    return json::parse(body.params);
  } catch (const error& trouble) {
    throw error("store_corrupt",
                fmt::format("the params of run {} are damaged: {}", to_string(id), trouble.what()));
  }
}

} // namespace sluice
