// What llama.cpp's Vulkan back end names of VK_EXT_layer_settings, for Vulkan headers from before 1.3.269 (Debian 12
// has 1.3.239). It only fills these in for the validation layer, which Privet never asks for. Numbers and layout are
// those of the Vulkan registry. Included by force before every C++ file of the back end; newer headers leave it empty.
#pragma once

#include <vulkan/vulkan_core.h>

#ifndef VK_EXT_layer_settings
#include <cstdint>
#include <vector>

namespace vk {

enum class LayerSettingTypeEXT : std::uint32_t { eBool32 = 0 };

struct LayerSettingEXT {
    const char *        pLayerName;
    const char *        pSettingName;
    LayerSettingTypeEXT type;
    std::uint32_t       valueCount;
    const void *        pValues;
};

struct LayerSettingsCreateInfoEXT {
    explicit LayerSettingsCreateInfoEXT(const std::vector<LayerSettingEXT> & settings)
        : settingCount(static_cast<std::uint32_t>(settings.size())), pSettings(settings.data()) {}

    VkStructureType         sType = static_cast<VkStructureType>(1000496000);
    const void *            pNext = nullptr;
    std::uint32_t           settingCount;
    const LayerSettingEXT * pSettings;
};

}  // namespace vk
#endif
