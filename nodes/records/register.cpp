#include "nodes/jq/jq_program.hpp"
#include "nodes/records/csv_parse.hpp"
#include "nodes/records/filter.hpp"
#include "nodes/records/format.hpp"
#include "nodes/records/json_parse.hpp"
#include "nodes/records/logfmt_parse.hpp"
#include "nodes/records/map.hpp"
#include "nodes/records/merge.hpp"
#include "nodes/records/regex_parse.hpp"
#include "nodes/records/route.hpp"
#include "nodes/registration.hpp"

#include <memory>
#include <mutex>

namespace sluice::detail {

namespace {

/// A program belongs to one edge, but a plan may be run twice at once, and then its edges share it.
struct shared_program {
  explicit shared_program(const std::string& source) : program(source, "key") {}
  std::mutex guard;
  jq_program program;
};

key_function compile_key(const std::string& source) {
  return [shared = std::make_shared<shared_program>(source)](const message& from) {
    const std::lock_guard lock(shared->guard);
    return shared->program.key(from);
  };
}

} // namespace

void register_record_nodes(node_catalog& catalog) {
  catalog.add(csv_parse_type());
  catalog.add(filter_type());
  catalog.add(format_type());
  catalog.add(json_parse_type());
  catalog.add(logfmt_parse_type());
  catalog.add(map_type());
  catalog.add(merge_type());
  catalog.add(regex_parse_type());
  catalog.add(route_type());
  catalog.set_key_compiler(compile_key);
}

} // namespace sluice::detail
