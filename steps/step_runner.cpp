#include "steps/step_runner.hpp"

#include "model/base/error.hpp"

#include <utility>

namespace sluice {

void step_registry::add(step_type type) {
  if (!type.make || (type.pace == step_pace::timed && !type.delay))
    throw internal_error("step kind '" + type.kind.name + "' lacks what its pace needs: make, delay");
  auto name = type.kind.name;
  catalog_.add(type.kind);
  types_.emplace(std::move(name), std::move(type));
}

const step_type* step_registry::find(std::string_view kind) const noexcept {
  const auto found = types_.find(kind);
  return found == types_.end() ? nullptr : &found->second;
}

} // namespace sluice
