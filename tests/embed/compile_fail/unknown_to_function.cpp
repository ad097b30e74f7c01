// Gives whatever comes to a function.
#include "runtime/embed/flow_builder.hpp"

int main() {
  sluice::flow_builder b;
  b.add_type("parse", "json_parse");
  b.sink(sluice::out_port<sluice::any_payload>("parse"), "print", [](const auto&) {});
}
