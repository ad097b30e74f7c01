#include "nodes/stream/dedupe.hpp"

#include "nodes/jq/jq_program.hpp"
#include "nodes/stream/json_view.hpp"
#include "nodes/stream/lru_set.hpp"

namespace sluice {

namespace {

class dedupe final : public node {
public:
  explicit dedupe(const options& given)
      : key_(given.get_string("key"), "key"),
        seen_(static_cast<std::size_t>(given.get_integer("size")), given.get_duration("ttl")) {}

  void on_message(node_context& context, std::size_t, message& in) override {
    std::optional<json> key;
    try {
      key = key_.first(in);
    } catch (const error& failed) {
      return context.fail(std::move(in), failed.code(), failed.what());
    }
    if (!key)
      return context.fail(std::move(in), "no_key",
                          "the program of key gave no value; end it with // null to allow that");
    if (seen_.add(key_text(*key), context.now()))
      context.emit(0, std::move(in));
  }

private:
  jq_program key_;
  lru_set seen_;
};

} // namespace

node_type dedupe_type() {
  node_type type;
  type.name = "dedupe";
  type.category = "transform";
  type.summary = "Passes the first message of each key.";
  type.description = "A message whose key was seen before is filtered out, which no counter of losses shows: "
                     "compare the node's `in` and "
                     "`out`. The node remembers the `size` keys that came last; an older one passes again "
                     "when it returns. With `ttl` a "
                     "key passes again that long after it last passed. Keys are compared as jq compares "
                     "values: 1 and \"1\" differ; null "
                     "(a missing field) is a key like any other. Messages pass untouched and in order. One "
                     "whose key program fails is an "
                     "error with jq's text (code jq_error), or no_key when it gives nothing.";
  type.options = {
      {.name = "key",
       .kind = option_kind::string,
       .required = false,
       .default_value = ".",
       .description = "jq program that gives the key; the whole message unless given."},
      {.name = "size",
       .kind = option_kind::integer,
       .required = false,
       .default_value = "10000",
       .description = "Keys remembered.",
       .minimum = 1,
       .maximum = 1e8},
      {.name = "ttl",
       .kind = option_kind::duration,
       .required = false,
       .default_value = "",
       .description = "How long a key is remembered; unlimited unless given.",
       .minimum = 1e6},
  };
  type.ports = {{{input_port, port_type::any(), "The messages."}},
                {{output_port, port_type::any(), "The first of each key."}}};
  type.example = "{ type: dedupe, key: .request_id, ttl: 10m }";
  type.make = [](const options& given) { return std::make_unique<dedupe>(given); };
  type.execution_for = [](const options& given) {
    const bool native = jq_program(given.get_string("key"), "key").is_native();
    return native ? execution_kind::cooperative : execution_kind::blocking;
  };
  return type;
}

} // namespace sluice
