#pragma once

#include "compose/load/node.hpp"
#include "compose/load/rule_tree.hpp"

/// One function per kind of value; each puts the settled spelling in the place of what was written and
/// reports what it cannot read. A value that says nothing becomes null.
namespace hoist::compose::form {

void text(Node& node, Visit& visit);
void text_list(Node& node, Visit& visit);  ///< a text stands for a list of one
void boolean(Node& node, Visit& visit);
void integer(Node& node, Visit& visit);
void number(Node& node, Visit& visit);
void duration(Node& node, Visit& visit);
void duration_or_nothing(Node& node, Visit& visit);  ///< zero says nothing
void bytes(Node& node, Visit& visit);
void command(Node& node, Visit& visit);
void health_test(Node& node, Visit& visit);
void variables(Node& node, Visit& visit);   ///< "KEY=value" lists too; null = taken from outside
void texts(Node& node, Visit& visit);       ///< like `variables`, null = ""
void many_texts(Node& node, Visit& visit);  ///< a mapping of lists of texts
void hosts(Node& node, Visit& visit);
void file_mode(Node& node, Visit& visit);
void device_count(Node& node, Visit& visit);

}  // namespace hoist::compose::form
