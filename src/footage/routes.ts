export const footageRoutes = () => []
