// Declares two outputs of one name.
#include "runtime/embed/flow_builder.hpp"

struct split : sluice::node {
  using outputs = sluice::ports<sluice::port<"left", double>, sluice::port<"left", double>>;
};

int main() {
  sluice::flow_builder b;
  b.add<split>("parts");
}
