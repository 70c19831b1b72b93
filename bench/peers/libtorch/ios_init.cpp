// std::ios_base_library_init of GCC 13's libstdc++, which TorchSharp's native part asks for and older systems lack. It is loaded first.
#include <iostream>

namespace std {
void ios_base_library_init() { static ios_base::Init init; }
}
