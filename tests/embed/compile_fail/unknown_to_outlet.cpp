// Pulls whatever comes.
#include "runtime/embed/flow_builder.hpp"

int main() {
  sluice::flow_builder b;
  b.add_type("parse", "json_parse");
  const auto out = b.outlet(sluice::out_port<sluice::any_payload>("parse"), "out");
}
